import { setTimeout as sleep } from 'node:timers/promises'
import { subscribers, type Fault } from '../proxy/fault.ts'
import type { FaultProxy } from '../proxy/start-fault-proxy.ts'
import type { RedisServer } from '../redis/start-redis.ts'
import { clusterFaultActs, sentinelFaultActs, type ClusterFault, type SentinelFault } from './topology-faults.ts'
import type { Stage } from './stage.ts'
import type { WorkerProcess } from './worker-process.ts'

/** The name of a fault that a history can be put through. */
export type HistoryFault = ServerFault | ClusterFault | SentinelFault

/** What can be done to one server, and the way to it. */
type ServerFault =
  | 'killSubscribers'
  | 'killConnections'
  | 'freeze'
  | 'flush'
  | 'restartEmpty'
  | 'restartOlder'
  | 'stopWorker'
  | 'stopAndCutWorker'
  | 'deleteTags'
  | 'deleteEntries'
  | 'deleteEpoch'
  | 'evict'
  | 'flushKillFlush'
  | 'loseReplies'
  | 'loseRequests'
  | 'blackHole'
  | 'muteSubscriber'
  | 'halfOpen'
  | 'slowSubscribers'
  | 'unevenLatency'
  | 'cutReplies'

/** Each resolves when what it did is over; what the processes make of it may take longer. */
const faults: Readonly<Record<ServerFault, (stage: Stage) => Promise<void>>> = {
  killSubscribers: async ({ redis }) => void (await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub')),
  killConnections: async ({ redis }) => void (await redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')),
  freeze: async ({ redis }) => {
    await redis.freeze()
    await sleep(900)
    redis.thaw()
  },
  flush: async ({ redis }) => void (await redis.command('FLUSHALL')),
  restartEmpty: async ({ redis }) => redis.restart({ data: 'empty' }),
  restartOlder: async ({ redis, random }) => {
    await redis.save()
    await sleep(100 + random.below(600))
    await redis.restart({ data: 'older' })
  },
  stopWorker: async ({ workers, random }) =>
    stopped(random.pick(workers), async () => sleep(1_500 + random.below(1_500))),
  stopAndCutWorker: async ({ redis, workers, random }) =>
    stopped(random.pick(workers), async () => {
      await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
      await sleep(1_500)
    }),
  // Again and again: a tag that is missing is made anew by the next load.
  deleteTags: async ({ redis, prefix, random }) => {
    for (let n = 0; n < 40; n += 1) {
      await deleteMatching(redis, `${escapeGlob(prefix)}~tag:*`)
      await sleep(random.below(50))
    }
  },
  // As an eviction would, but what is kept besides entries stays.
  deleteEntries: async ({ redis, prefix, random }) => {
    for (let n = 0; n < 10; n += 1) {
      await deleteMatching(redis, `${escapeGlob(prefix)}[^~]*`)
      await sleep(random.below(100))
    }
  },
  deleteEpoch: async ({ redis, prefix }) => void (await redis.command('DEL', `${prefix}~{hf}epoch`)),
  evict,
  flushKillFlush: async ({ redis }) => {
    await redis.command('FLUSHALL')
    await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await redis.command('FLUSHALL')
  },
  loseReplies: (stage) => onProxy(stage, (proxy) => proxy.blackHole({ direction: 'down' })),
  loseRequests: (stage) => onProxy(stage, (proxy) => proxy.blackHole({ direction: 'up' })),
  blackHole: (stage) => onProxy(stage, (proxy) => proxy.blackHole()),
  muteSubscriber: (stage) => onProxy(stage, (proxy) => proxy.blackHole({ direction: 'down', only: subscribers })),
  halfOpen: async ({ proxies, random }) => {
    if (proxies.length > 0) random.pick(proxies).halfOpen()
    await sleep(1_000)
  },
  slowSubscribers: async ({ proxies, random }) => {
    const late = proxies.map((proxy) => proxy.latency(80, { only: subscribers }))
    await sleep(1_000 + random.below(1_500))
    for (const fault of late) await fault.heal()
  },
  unevenLatency: (stage) => onProxy(stage, (proxy) => proxy.latency(() => stage.random.below(20))),
  cutReplies: (stage) => onProxy(stage, (proxy) => proxy.cutAfter(() => 200 + stage.random.below(20_000))),
}

/** Where Redis is one server. */
export const historyFaults: readonly HistoryFault[] = Object.keys(faults) as ServerFault[]

/** What can be done to a cluster. */
export const clusterFaults: readonly HistoryFault[] = Object.keys(clusterFaultActs) as ClusterFault[]

/** What can be done to servers that Sentinels watch. */
export const sentinelFaults: readonly HistoryFault[] = Object.keys(sentinelFaultActs) as SentinelFault[]

/**
 * Those that the promise covers. A primary that is frozen while its replica takes over is one of two when it thaws: it acknowledges what is lost
 * with it, until a Sentinel has told it.
 */
export const coveredSentinelFaults: readonly HistoryFault[] = sentinelFaults.filter((name) => name !== 'freezeWatched')

/** Does it, and resolves when it is over. */
export function inflict(fault: HistoryFault, stage: Stage): Promise<void> {
  return { ...faults, ...clusterFaultActs, ...sentinelFaultActs }[fault](stage)
}

async function stopped(worker: WorkerProcess, during: () => Promise<void>): Promise<void> {
  worker.freeze()
  try {
    await during()
  } finally {
    worker.thaw()
  }
}

async function onProxy({ proxies, random }: Stage, strike: (proxy: FaultProxy) => Fault): Promise<void> {
  if (proxies.length === 0) return
  const fault = strike(random.pick(proxies))
  await sleep(300 + random.below(1_200))
  await fault.heal()
}

async function deleteMatching(redis: RedisServer, pattern: string): Promise<void> {
  let cursor = '0'
  do {
    const [next, keys] = (await redis.command('SCAN', cursor, 'MATCH', pattern, 'COUNT', 1_000)) as [string, string[]]
    if (keys.length > 0) await redis.command('DEL', ...keys)
    cursor = next
  } while (cursor !== '0')
}

function escapeGlob(text: string): string {
  return text.replaceAll(/[\\*?[\]]/g, '\\$&')
}

const junkKeys = 2_000

/** Fills Redis with the keys of others, until it throws ours out. */
async function evict({ redis, random }: Stage): Promise<void> {
  const junk = 'x'.repeat(1_000)
  const fill = async (from: number): Promise<void> => {
    for (let n = from; n < from + 100; n += 1) await redis.command('SET', `junk:${n}`, junk)
  }
  for (let n = 0; n < junkKeys; n += 100) await fill(n)
  const used = Number(/used_memory:(\d+)/.exec(String(await redis.command('INFO', 'memory')))![1])
  const policy = random.pick(['allkeys-lru', 'allkeys-lru', 'allkeys-random', 'volatile-ttl'])
  try {
    await redis.command('CONFIG', 'SET', 'maxmemory-policy', policy, 'maxmemory', Math.round(used - 50_000))
    for (let n = 0; n < 8; n += 1) {
      // Redis says OOM where nothing may be evicted: that is a fault too.
      await fill(junkKeys + n * 100).catch(() => {})
      await sleep(80)
    }
  } finally {
    await redis.command('CONFIG', 'SET', 'maxmemory', 0, 'maxmemory-policy', 'noeviction')
    await deleteMatching(redis, 'junk:*')
  }
}
