import type { Cache } from '@holdfast/core'

import { type Case, type Context, freshLoops, isValue, type Loops, type Runner } from './case.ts'
import { fill, warmKeys } from './fill.ts'
import type { Loop } from './loops.ts'

const contenders = ['holdfast', 'holdfast watched']

function watched(id: string, title: string, needsRedis: boolean, loop: (loops: Loops, cache: Cache) => Loop): Case {
  return {
    id,
    title,
    metric: needsRedis ? 'cpu' : 'time',
    needsRedis,
    baseline: 'holdfast',
    contenders,
    step: needsRedis ? 64 : 1,
    async open(contender, context): Promise<Runner> {
      const cache = openCache(context, needsRedis)
      const stop = contender === 'holdfast' ? undefined : await watch(cache)
      await fill({ set: (key, value) => cache.set(key, value), close: async () => undefined })
      const close = async (): Promise<void> => {
        stop?.()
        await cache.close()
      }
      return { run: loop(await freshLoops(context.instance), cache), close }
    },
  }
}

/** A cache with everything of the monitor switched on, over one that nobody watches. */
export const watchedCases: readonly Case[] = [
  watched(
    'watched.get',
    'await get(key), warm in memory, with alerts, metrics, traces and the dashboard',
    false,
    (loops, cache) => loops.awaited((key: string) => cache.get(key), warmKeys, isValue),
  ),
  watched('watched.redis64', 'get(key) from Redis with 64 reads in flight, watched likewise', true, (loops, cache) =>
    loops.inFlight((key: string) => cache.get(key), warmKeys, isValue, 64),
  ),
]

function openCache({ sdk, redisUrl, prefix }: Context, hasRedis: boolean): Cache {
  return sdk.createCache({
    ttl: '10m',
    serializer: sdk.msgpack(),
    remoteTimeout: '5s',
    ...(hasRedis
      ? { remote: sdk.withBreaker(sdk.redisStore(redisUrl, { prefix: `${prefix}:` })) }
      : { memory: sdk.memoryStore({ maxEntries: 10_000 }) }),
  })
}

async function watch(cache: Cache): Promise<() => void> {
  const { dashboard } = await import('@holdfast/monitor')
  const { prometheus } = await import('@holdfast/monitor/prometheus')
  const { observeMetrics, observeTraces } = await import('@holdfast/monitor/opentelemetry')
  // The dashboard brings the alerts. OpenTelemetry without an SDK: what an SDK costs is its own.
  const opened = [
    dashboard(cache, { token: 'a-secret-of-enough-length' }),
    prometheus(cache),
    observeMetrics(cache),
    observeTraces(cache),
  ]
  return () => {
    for (const each of opened) each[Symbol.dispose]()
  }
}
