import { inspect } from 'node:util'
import { findRedis, withRedis, type RedisFlags } from '../connection.ts'
import { ExitCode } from '../exit-code.ts'
import { showMs, table, type Output } from '../output.ts'

export interface GetFlags extends RedisFlags {
  readonly namespace?: string
}

/** What stands in Redis under a key of the application: the value, how old it is and what it depends on, or why it is none. */
export async function get(key: string, flags: GetFlags, output: Output): Promise<number> {
  return withRedis(findRedis(flags), async ({ cache }) => {
    const view = flags.namespace === undefined ? cache : cache.namespace(flags.namespace)
    const inspection = await view.inspect(key)
    const { remote, remoteMiss } = inspection
    if (remote === undefined || remote.refused === 'expired') {
      const why = remoteMiss ?? inspection.why
      output.result({ key, found: false, why }, () => `${key}: ${why}`)
      return ExitCode.no
    }
    const value = await view.get(key, { stale: true })
    const { ageMs, ttlMs, graceMs } = remote
    const tags = remote.tags.filter((tag) => !tag.startsWith('@'))
    const isStale = remote.refused === 'stale'
    output.result({ key, found: true, value, isStale, ageMs, ttlMs, graceMs, tags }, () =>
      [
        table([
          ['age', showMs(ageMs)],
          ['fresh for', isStale ? `no longer; gone in ${showMs(graceMs)}` : showMs(ttlMs)],
          ['tags', tags.length === 0 ? 'none' : tags.join(', ')],
        ]),
        '',
        inspect(value, { depth: 6, maxArrayLength: 100, maxStringLength: 2_000 }),
      ].join('\n'),
    )
    return ExitCode.ok
  })
}
