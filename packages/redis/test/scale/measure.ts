import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createCache, type Cache } from '@holdfast/core'
import { startRedis, type RawConnection } from '@holdfast/testing/redis'
import { redisStore } from '../../src/redis-store.ts'
import { mapStore } from '@holdfast/testing/simulation'

/** What one operation costs the server. */
export interface Cost {
  readonly cpuMicros: number
  /** Those of scripts included. */
  readonly commands: number
  readonly bytesIn: number
  readonly bytesOut: number
}

/** What operations cost with so many sessions that listen. */
export interface Row {
  readonly sessions: number
  /** A plain SET of the same value on one connection, to compare with. */
  readonly set: Cost
  readonly miss: Cost
  /** The same with `fleetSingleFlight`. */
  readonly fleetMiss: Cost
  readonly invalidation: Cost
  /** One of 50 keys that are deleted in one call. */
  readonly merged: Cost
}

const value = 'x'.repeat(200)

/** Measures with so many sessions: one of them works, one thing at a time, the others are idle. */
export async function measure(sessions: number, operations: number): Promise<Row> {
  await using server = await startRedis()
  const prefix = 'scale:'
  const idle = await startIdle(server.url, prefix, sessions - 1)
  const cache = createCache({
    memory: mapStore(),
    remote: redisStore(server.url, { prefix }),
    remoteTimeout: '10s',
    coherence: { maxStaleness: '6h', heartbeat: '1h' },
  })
  const plain = await server.connect()
  try {
    await cache.ping()
    const cost = (count: number, run: (at: number) => Promise<unknown>): Promise<Cost> => costOf(plain, count, run)
    return {
      sessions,
      set: await cost(operations, (at) => plain.send(['SET', `plain:${at}`, value, 'PX', '60000'])),
      miss: await cost(operations, (at) => missOf(cache, `miss:${at}`, false)),
      fleetMiss: await cost(operations, (at) => missOf(cache, `fleet:${at}`, true)),
      invalidation: await cost(operations, (at) => cache.delete(`miss:${at}`)),
      merged: await mergedCost(cache, cost, operations),
    }
  } finally {
    plain.close()
    await cache.close()
    idle?.kill('SIGKILL')
  }
}

/** A load whose value has been stored when it resolves. */
async function missOf(cache: Cache, key: string, fleetSingleFlight: boolean): Promise<void> {
  await cache.getOrSet(key, () => value, { fleetSingleFlight })
  // The fill is behind the answer, and on the same connection before this.
  await new Promise(setImmediate)
}

async function mergedCost(
  cache: Cache,
  cost: (count: number, run: (at: number) => Promise<unknown>) => Promise<Cost>,
  operations: number,
): Promise<Cost> {
  const keysAtOnce = 50
  const one = await cost(Math.ceil(operations / 10), (at) =>
    cache.delete(Array.from({ length: keysAtOnce }, (_, key) => `fleet:${at * keysAtOnce + key}`)),
  )
  return {
    cpuMicros: one.cpuMicros / keysAtOnce,
    commands: one.commands / keysAtOnce,
    bytesIn: one.bytesIn / keysAtOnce,
    bytesOut: one.bytesOut / keysAtOnce,
  }
}

async function startIdle(
  url: string,
  prefix: string,
  count: number,
): Promise<{ kill(signal: 'SIGKILL'): unknown } | undefined> {
  if (count === 0) return undefined
  const child = fork(new URL('./idle-sessions.ts', import.meta.url).pathname, [url, prefix, String(count)], {
    execArgv: ['--conditions=@holdfast/source'],
  })
  await once(child, 'message')
  return child
}

async function costOf(server: RawConnection, count: number, run: (at: number) => Promise<unknown>): Promise<Cost> {
  for (let at = 0; at < 50; at++) await run(1_000_000 + at)
  await settle()
  const before = await read(server)
  for (let at = 0; at < count; at++) await run(at)
  await settle()
  const after = await read(server)
  return {
    cpuMicros: ((after.cpuSeconds - before.cpuSeconds) * 1e6) / count,
    // The look at the counters is one.
    commands: (after.commands - before.commands - 1) / count,
    bytesIn: (after.bytesIn - before.bytesIn) / count,
    bytesOut: (after.bytesOut - before.bytesOut) / count,
  }
}

/** What is behind an answer, and what is on its way to subscribers, is done. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 200)
  })
}

async function read(
  server: RawConnection,
): Promise<{ cpuSeconds: number; commands: number; bytesIn: number; bytesOut: number }> {
  const info = String(await server.send(['INFO', 'everything']))
  const number = (name: string): number => Number(new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? Number.NaN)
  const calls = Array.from(info.matchAll(/^cmdstat_\S+:calls=(\d+)/gm), ([, count]) => Number(count))
  return {
    cpuSeconds: number('used_cpu_user') + number('used_cpu_sys'),
    commands: calls.reduce((sum, each) => sum + each, 0),
    bytesIn: number('total_net_input_bytes'),
    bytesOut: number('total_net_output_bytes'),
  }
}
