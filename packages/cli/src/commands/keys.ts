import { wholePatterns } from 'holdfast'
import { findRedis, showPrefix, withRedis, type RedisFlags, type RedisPlace } from '../connection.ts'
import { ExitCode } from '../exit-code.ts'
import { viewOf } from '../named-key.ts'
import type { Output } from '../output.ts'

export interface KeysFlags extends RedisFlags {
  readonly namespace?: string
  /** The most keys to list. */
  readonly limit: number
}

/**
 * The keys of entries in Redis that match a glob, without bookkeeping, as `get` and `invalidate` take them: those of a namespace with its name. By
 * SCAN, so that Redis is never held up.
 */
export async function keys(pattern: string, flags: KeysFlags, output: Output): Promise<number> {
  const { namespace, limit } = flags
  const place = findRedis(flags)
  return withRedis(place, async ({ store, cache }) => {
    // It refuses what is no name of a namespace.
    viewOf(cache, namespace)
    const found: string[] = []
    let isMore = false
    for await (const page of store.scan!(namespace === undefined ? pattern : wholePatterns(namespace, pattern)[0]!)) {
      found.push(...page)
      isMore = found.length > limit
      if (isMore) break
    }
    // SCAN may give a key twice.
    const listed = [...new Set(found)].slice(0, limit)
    if (listed.length > 0 || output.isJson)
      output.result({ prefix: place.prefix, keys: listed, isMore }, () => listed.join('\n'))
    if (!output.isJson) output.note(summary(pattern, flags, { place, count: listed.length, isMore }))
    return ExitCode.ok
  })
}

function summary(
  pattern: string,
  { namespace, limit }: KeysFlags,
  { place, count, isMore }: { readonly place: RedisPlace; readonly count: number; readonly isMore: boolean },
): string {
  const where = `${namespace === undefined ? '' : `in the namespace ${namespace} `}under ${showPrefix(place)}`
  if (count === 0) return `Nothing ${where}${pattern === '*' ? '' : ` matches ${pattern}`}.`
  if (isMore) return `There are more than ${limit} ${where}: say --limit.`
  return `${count} ${count === 1 ? 'key' : 'keys'} ${where}.`
}
