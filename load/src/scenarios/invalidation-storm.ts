import { setTimeout as sleep } from 'node:timers/promises'
import { errorsOf, hitOutcomes, latencyOf, stalenessOf } from './measures.ts'
import type { Scenario } from './scenario.ts'

type Name =
  | 'commands per invalidation'
  | 'forbidden commands'
  | 'invalidations'
  | 'errors'
  | 'latency{cache:hit}'
  | 'staleness'

/** Entries that carry the tag. */
const entries = 5_000
const rate = 1_000

/** Commands whose cost grows with the number of entries. */
const forbidden = ['keys', 'smembers', 'scan', 'sscan', 'flushdb', 'flushall', 'sort', 'sunion', 'sinter']

/** Many invalidations of a tag that many entries carry. */
export const invalidationStorm: Scenario<Name> = {
  name: 'invalidation-storm',
  title: `${rate} invalidations a second of a tag that ${entries} entries carried: each costs Redis the same few commands`,
  metrics: {
    'commands per invalidation': 'share',
    'forbidden commands': 'count',
    invalidations: 'count',
    errors: 'share',
    'latency{cache:hit}': 'times',
    staleness: 'ages',
  },
  control: { title: 'tags as sets of keys, by hand', mode: 'naive', mustFail: ['forbidden commands'] },

  async run(stage) {
    const redis = await stage.redis()
    const api = await stage.api({ redisUrl: redis.url })
    const workload = { ...stage.workload('browse'), leads: entries, writes: 0 }
    await stage.touchAll(api, workload)
    const durationMs = stage.durationMs({ quick: 3_000, full: 10_000 })
    const before = await redis.own!.commandCounts()

    const { ended } = await stage.openMeanwhile('reads meanwhile', { urls: [api.url], workload, rate: 50, durationMs })
    const sent = await invalidate(api.url, durationMs)
    const { samples } = await ended
    const after = await redis.own!.commandCounts()

    const grown = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0)
    // Loads and fills of the reads are not the invalidations': those take GET, MGET and what a script runs.
    const writes = ['set', 'incr', 'publish', 'del', 'unlink'].reduce((sum, name) => sum + grown(name), 0)
    return {
      metrics: {
        'commands per invalidation': { kind: 'share', part: writes, of: sent },
        'forbidden commands': { kind: 'count', value: forbidden.reduce((sum, name) => sum + grown(name), 0) },
        invalidations: { kind: 'count', value: sent },
        errors: errorsOf(samples),
        'latency{cache:hit}': latencyOf(samples, { outcomes: hitOutcomes }),
        staleness: stalenessOf(samples),
      },
      notes: [
        `${sent} invalidations; Redis ran ${[...after.keys()]
          .filter((name) => grown(name) > 0)
          .map((name) => `${name} ${grown(name)}`)
          .join(', ')}.`,
      ],
    }
  },
}

/** Sends invalidations as evenly as timers allow; returns how many were acknowledged. */
async function invalidate(url: string, durationMs: number): Promise<number> {
  const startedAt = performance.now()
  const pending = new Set<Promise<void>>()
  let asked = 0
  let acknowledged = 0
  while (performance.now() - startedAt < durationMs) {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * (rate / 10))
    // Ten in one request: what is measured is the cache, not HTTP.
    for (; asked < due && pending.size < 50; asked++) {
      const sending = fetch(`${url}/__storm`, { method: 'POST', body: JSON.stringify({ tag: 'leads', times: 10 }) })
        .then(async (response) => {
          await response.arrayBuffer()
          if (response.ok) acknowledged += 10
        })
        .catch(() => {})
        .finally(() => pending.delete(sending))
      pending.add(sending)
    }
    await sleep(5)
  }
  await Promise.all(pending)
  return acknowledged
}
