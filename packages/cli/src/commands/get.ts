import { inspect } from 'node:util'
import { isNamespaceTag } from 'holdfast'
import { findRedis, showPrefix, withRedis, type RedisFlags } from '../connection.ts'
import { ExitCode } from '../exit-code.ts'
import { parseKey, viewOf } from '../named-key.ts'
import { showMs, table, type Output } from '../output.ts'
import { whyMissing } from '../why-missing.ts'

export interface GetFlags extends RedisFlags {
  readonly namespace?: string
}

/** What stands in Redis under a key of the application: the value, how old it is and what it depends on, or why it is none. */
export async function get(text: string, flags: GetFlags, output: Output): Promise<number> {
  const { namespace, key, whole } = parseKey(text, flags.namespace)
  const place = findRedis(flags)
  const { prefix } = place
  return withRedis(place, async ({ cache }) => {
    const view = viewOf(cache, namespace)
    const inspection = await view.inspect(key)
    const { remote } = inspection
    if (remote === undefined || remote.refused === 'expired') {
      const why = whyMissing(inspection)
      output.result({ prefix, key: whole, found: false, why }, () => `${whole}, under ${showPrefix(place)}: ${why}`)
      return ExitCode.no
    }
    const value = await view.get(key, { stale: true })
    const { ageMs, ttlMs, graceMs } = remote
    // Those of its namespaces say no more than the key does.
    const tags = remote.tags.filter((tag) => !isNamespaceTag(tag))
    const isStale = remote.refused === 'stale'
    output.result({ prefix, key: whole, found: true, value, isStale, ageMs, ttlMs, graceMs, tags }, () =>
      [
        table([
          ['in Redis', prefix + whole],
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
