import { findRedis, withRedis, type RedisFlags } from '../connection.ts'
import { ExitCode } from '../exit-code.ts'
import type { Output } from '../output.ts'

export interface KeysFlags extends RedisFlags {
  /** The most keys to list. */
  readonly limit: number
}

/** The keys of entries in Redis that match a glob, without bookkeeping; by SCAN, so that Redis is never held up. */
export async function keys(pattern: string, flags: KeysFlags, output: Output): Promise<number> {
  return withRedis(findRedis(flags), async ({ store }) => {
    const found: string[] = []
    let isMore = false
    for await (const page of store.scan!(pattern)) {
      found.push(...page)
      isMore = found.length > flags.limit
      if (isMore) break
    }
    // SCAN may give a key twice.
    const listed = [...new Set(found)].slice(0, flags.limit)
    output.result({ keys: listed, isMore }, () => listed.join('\n'))
    if (!output.isJson && isMore) output.note(`There are more than ${flags.limit}: say --limit.`)
    return ExitCode.ok
  })
}
