import { InvalidOptionError, type Written } from '@holdfast/core'
import type { KitBase } from './read-through.ts'
import { pascalCase, type PascalCase, type TagNames } from './vocabulary.ts'

interface Invalidations {
  /** Every entry that carries one of the tags, in one round trip. */
  invalidateByTags(tags: readonly string[]): Promise<Written>
  /** Every key that matches the glob: `*` any run of characters, `?` any one, `\` takes the next literally. */
  invalidateByPattern(pattern: string): Promise<Written>
  invalidateKeys(keys: readonly string[]): Promise<Written>
}

/** Invalidates, in this process at once and in all others with the announcement; `invalidateLeads()` for a tag `LEADS`. */
export type CacheInvalidator<T extends TagNames> = Invalidations & {
  readonly [Name in keyof T & string as `invalidate${PascalCase<Name>}`]: () => Promise<Written>
}

/** @throws {InvalidOptionError} when two tags would give one method, or a tag gives a name that is taken */
export function cacheInvalidator<T extends TagNames>(base: KitBase, tags: T): CacheInvalidator<T> {
  const { shared, log } = base
  const invalidate = async (about: string, send: () => Promise<Written>): Promise<Written> => {
    const startedAt = performance.now()
    const written = await send()
    log.call('invalidate', about, written.queued ? 'queued' : written.reached, startedAt)
    return written
  }
  const methods: Record<string, unknown> = {
    invalidateByTags: (names) => invalidate(names.join(','), () => shared.get().invalidateTags(names)),
    invalidateByPattern: (pattern) => invalidate(pattern, () => shared.get().invalidateMatching(pattern)),
    invalidateKeys: (keys) => invalidate(keys.join(','), () => shared.get().delete(keys)),
  } satisfies Invalidations
  for (const [name, tag] of Object.entries(tags)) {
    const method = `invalidate${pascalCase(name)}`
    if (Object.hasOwn(methods, method))
      throw new InvalidOptionError(`Expected \`tags.${name}\` under another name: \`${method}()\` is taken.`)
    methods[method] = () => invalidate(tag, () => shared.get().invalidateTags([tag]))
  }
  return Object.freeze(methods) as CacheInvalidator<T>
}
