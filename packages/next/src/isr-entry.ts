import { now } from './moment.ts'
import type { Found, Kept } from './next-cache.ts'
import type { CacheControl, IsrEntry, IsrSetContext, IsrValue } from './next-contracts.ts'
import type { ParsedOptions } from './options.ts'

/** What is kept of a page, a route's answer, a `fetch` or an image. */
export interface KeptIsr extends Kept {
  readonly value: IsrValue | null
  readonly cacheControl: CacheControl | undefined
}

/** An entry as Next gets it, and whether Next will make it anew behind. */
export interface PresentedEntry extends IsrEntry {
  readonly isStale: boolean
}

/** A copy, as Next takes headers away from what it is given. `null` for what was damaged: it is made anew. */
export function presented({ value: kept, storedAt }: Found<KeptIsr>): PresentedEntry | null {
  const { value, cacheControl } = kept
  if (value !== null && typeof value.kind !== 'string') return null
  const revalidate = cacheControl?.revalidate ?? value?.revalidate
  return {
    lastModified: Math.round(storedAt),
    value: value && copy(value),
    isStale: typeof revalidate === 'number' && now() > storedAt + revalidate * 1000,
    ...(cacheControl === undefined ? {} : { cacheControl }),
  }
}

function copy(value: IsrValue): IsrValue {
  const { headers } = value
  return typeof headers === 'object' && headers !== null ? { ...value, headers: { ...headers } } : { ...value }
}

/** Everything whose revalidation ends an entry. */
export function ownTags(cacheKey: string, value: IsrValue | null, context: IsrSetContext): readonly string[] {
  const named = [...(context.tags ?? []), ...listed(value?.tags), ...inHeader(value?.headers)]
  return [...new Set(value === null || value.kind === 'PAGES' ? [...named, ...pathTags(cacheKey)] : named)]
}

function listed(tags: unknown): readonly string[] {
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : []
}

/** Pages and routes of the App Router carry their tags, those of their path too, in a header of theirs. */
function inHeader(headers: unknown): readonly string[] {
  const list: unknown = (headers as Record<string, unknown> | undefined)?.['x-next-cache-tags']
  return typeof list === 'string' ? list.split(',').filter((tag) => tag !== '') : []
}

/**
 * Those of the Pages Router carry none; `revalidatePath` of their path ends them all the same. A key is the path, since Next 16.4 behind
 * what it calls the owner: `/route-cache/PAGES/<hash>/$/blog/post`.
 */
function pathTags(cacheKey: string): readonly string[] {
  const path = /^\/route-cache\/[^/]+\/[^/]+\/\$(\/.*)$/s.exec(cacheKey)?.[1] ?? cacheKey
  const tags = [`_N_T_${path}`]
  return path === '/index' ? [...tags, '_N_T_/'] : tags
}

/** How long an entry is kept, in milliseconds: as long as it may be served, and data for a day after it went stale. */
export function keptMs({ maxAgeMs }: ParsedOptions, value: IsrValue | null, { cacheControl }: IsrSetContext): number {
  const seconds = cacheControl === undefined ? lifeOfData(value?.revalidate) : cacheControl.expire
  return Math.min(maxAgeMs, Math.max(1, (seconds ?? Number.POSITIVE_INFINITY) * 1000))
}

function lifeOfData(revalidate: unknown): number | undefined {
  return typeof revalidate === 'number' ? Math.max(2 * revalidate, revalidate + 86_400) : undefined
}
