import { InvalidOptionError } from '@holdfast/core'
import { readBuildId } from './build-id.ts'
import { isBuilding } from './build-phase.ts'
import { entryKey } from './entry-key.ts'
import { keptMs, ownTags, presented, type KeptIsr } from './isr-entry.ts'
import { nextCacheOf, openAhead } from './next-cache.ts'
import type {
  IsrEntry,
  IsrGetContext,
  IsrHandler,
  IsrHandlerContext,
  IsrSetContext,
  IsrValue,
  RevalidateDurations,
} from './next-contracts.ts'
import { parseOptions, type NextHandlerOptions } from './options.ts'
import { Renders } from './renders.ts'

export interface IsrHandlerOptions extends NextHandlerOptions {
  /**
   * What separates the responses of one build from those of another, whose scripts they name. Processes that share responses have the
   * same: build once and deploy that, or let `generateBuildId` say it.
   *
   * @default the id that `next build` wrote
   */
  readonly buildId?: string | undefined
}

/** What Next makes instances of, one for each request. They hold nothing. */
export type IsrHandlerClass = new (context: IsrHandlerContext) => IsrHandler

/**
 * Makes a handler of pages, routes, `fetch` and images, for `cacheHandler` of `next.config`. What cannot be read or stored is a miss;
 * `revalidateTag` rejects when the revalidation could not even be remembered.
 *
 * @throws {InvalidOptionError} for an option that is missing or cannot be used
 */
export function createIsrCacheHandler(options: IsrHandlerOptions): IsrHandlerClass {
  const parsed = parseOptions(options)
  const { buildId } = options
  if (buildId !== undefined && typeof buildId !== 'string')
    throw new InvalidOptionError(`Expected \`buildId\` to be a string, got ${typeof buildId}.`)
  openAhead(parsed)
  const renders = new Renders()

  return class HoldfastIsrHandler implements IsrHandler {
    readonly #buildId: string
    readonly #revalidatedTags: readonly string[]

    constructor({ serverDistDir, revalidatedTags = [] }: IsrHandlerContext) {
      this.#buildId = buildId ?? readBuildId(serverDistDir)
      this.#revalidatedTags = revalidatedTags
    }

    async get(cacheKey: string, context: IsrGetContext): Promise<IsrEntry | null> {
      if (isBuilding()) return null
      const { tags = [], softTags = [] } = context
      const key = this.#key(cacheKey, context.kind)
      const asked = [...tags, ...softTags]
      if (asked.some((tag) => this.#revalidatedTags.includes(tag))) return null
      try {
        const found = await nextCacheOf(parsed).get<KeptIsr>(key, asked)
        const entry = found === undefined ? null : presented(found)
        if (entry === null || entry.isStale) renders.begin(key)
        return entry
      } catch {
        return null
      }
    }

    async set(cacheKey: string, value: IsrValue | null, context: IsrSetContext): Promise<void> {
      if (isBuilding()) return
      const key = this.#key(cacheKey, context.fetchCache === true ? 'FETCH' : (context.kind ?? value?.kind ?? ''))
      try {
        const { cacheControl } = context
        const tags = ownTags(cacheKey, value, context)
        const storing = { begunAt: renders.end(key), ttlMs: keptMs(parsed, value, context) }
        await nextCacheOf(parsed).set<KeptIsr>(key, { value, tags, cacheControl }, storing)
      } catch {
        // It cannot be stored: the next reader makes it.
      }
    }

    async revalidateTag(tags: string | readonly string[], _durations?: RevalidateDurations): Promise<void> {
      if (!isBuilding()) await nextCacheOf(parsed).revalidate(typeof tags === 'string' ? [tags] : tags)
    }

    resetRequestCache(): void {
      // Nothing is kept for one request alone.
    }

    /** Data and images outlive a build; pages and routes do not. */
    #key(cacheKey: string, kind: string): string {
      if (kind === 'FETCH' || kind === 'IMAGE') return entryKey(kind.toLowerCase(), cacheKey)
      return entryKey(`page:${this.#buildId}`, cacheKey)
    }
  }
}
