import { startFaultProxy } from '../proxy/start-fault-proxy.ts'
import { seededRandom, type Random } from '../random.ts'
import { startCluster } from '../redis/start-cluster.ts'
import { startSentinels } from '../redis/start-sentinels.ts'
import { startRedis, type RedisServer } from '../redis/start-redis.ts'
import { tether } from '../redis/tether.ts'
import { carriedOver } from './carry.ts'
import { clusterFaults, coveredSentinelFaults, historyFaults, type HistoryFault } from './faults.ts'
import type { Stage } from './stage.ts'
import { judge, type Limits } from './judge.ts'
import type { InvalidationRecord } from './record.ts'
import { HistoryReport } from './report.ts'
import { playRound } from './round.ts'
import { Truth } from './truth.ts'
import type { HistoryMode } from './worker-messages.ts'
import { WorkerProcess } from './worker-process.ts'

/** What a history is made of. */
export interface HistoryOptions {
  /** URL of a module that exports `createCacheFor`, see `CheckedCacheModule`. */
  readonly cacheModule: string | URL
  /** How long to read and write; each round of `roundSeconds` is followed by two seconds of quiet and a check. @default 12 */
  readonly seconds?: number
  /** Chooses what is read, written and broken, and when. What the machine makes of it differs from run to run. @default random */
  readonly seed?: number
  /** How many processes; every second one has a proxy before Redis that can fail it alone. @default 4 */
  readonly workers?: number
  /** What the caches stand on: one server, a cluster of three primaries with a replica each, or a primary and a replica with three Sentinels. @default 'server' */
  readonly topology?: 'server' | 'cluster' | 'sentinels'
  /** What is done to Redis, connections and processes, in turn; nothing in the first and every fifth round. @default all that the topology knows */
  readonly faults?: readonly HistoryFault[]
  /** @default 'invalidate' */
  readonly mode?: HistoryMode
  /** The server, which will be killed, emptied and frozen. @default one of its own */
  readonly redis?: RedisServer
  /** What the caches' keys begin with. @default 'history:' */
  readonly prefix?: string
  /** `coherence.maxStaleness` of the caches. Much longer, and some faults prove nothing. @default 1_000 */
  readonly maxStalenessMs?: number
  /** `coherence.heartbeat` of the caches. @default 200 */
  readonly heartbeatMs?: number
  /** How long the rounds are. @default 6 */
  readonly roundSeconds?: number
  /** Goes on after a round with a violation. @default false */
  readonly keepGoing?: boolean
  /** Told a line after each round. @default silent */
  readonly report?: (line: string) => void
}

/**
 * Lets several processes read, load, write and invalidate through caches of their own, against one versioned truth, while Redis,
 * connections and processes fail; and decides whether what they saw keeps the promise: after an acknowledged invalidation no read
 * that starts later returns what was there before, in the same process at once, in others after an announcement's delivery.
 *
 * @throws {Error} when the servers or the first of the workers do not start. Violations are in the report.
 */
export async function checkHistory(options: HistoryOptions): Promise<HistoryReport> {
  const { seconds = 12, seed = Math.floor(Math.random() * 2 ** 31), workers = 4, maxStalenessMs = 1_000 } = options
  const { topology = 'server', mode = 'invalidate', roundSeconds = 6 } = options
  const covered = { server: historyFaults, cluster: clusterFaults, sentinels: coveredSentinelFaults }[topology]
  const { faults = covered } = options
  const random = seededRandom(seed)
  const startedAt = process.hrtime.bigint()
  const now = (): number => Number(process.hrtime.bigint() - startedAt) / 1e6
  const report = new HistoryReport({
    seed,
    seconds,
    workers,
    mode,
    faults,
    topology,
    cacheModule: String(options.cacheModule),
  })
  const inTurn = takingTurns(faults, random.fork('faults'))

  await using stack = new AsyncDisposableStack()
  const stage = await setUp(stack, { ...options, topology, seed, workers, mode, maxStalenessMs }, startedAt)
  let before: readonly InvalidationRecord[] = []
  let leftMs = seconds * 1_000
  for (let round = 0; leftMs > 0; round += 1) {
    const roundMs = Math.min(leftMs, roundSeconds * 1_000)
    const isCalm = round % 5 === 0 && seconds > roundSeconds
    const history = await playRound(stage, { roundMs, nextFault: () => (isCalm ? undefined : inTurn()), now, before })
    const limits: Limits = { maxStalenessMs }
    report.add(history, judge(history, limits))
    options.report?.(report.lastLine)
    if (history.failures.some(({ path }) => path === 'halt')) break
    if (report.violations > 0 && options.keepGoing !== true) break
    before = carriedOver(history.invalidations)
    leftMs -= roundMs
  }
  return report
}

type Ready = HistoryOptions & {
  readonly seed: number
  readonly topology: 'server' | 'cluster' | 'sentinels'
  readonly workers: number
  readonly mode: HistoryMode
  readonly maxStalenessMs: number
}

async function setUp(stack: AsyncDisposableStack, options: Ready, startedAt: bigint): Promise<Stage> {
  const { seed, workers: count, mode, maxStalenessMs, prefix = 'history:', heartbeatMs = 200 } = options
  const cluster = options.topology === 'cluster' ? stack.use(await startCluster({ nodeTimeoutMs: 1_000 })) : undefined
  const sentinels = options.topology === 'sentinels' ? stack.use(await startSentinels()) : undefined
  const redis = cluster?.nodes[0] ?? sentinels?.servers[0] ?? options.redis ?? stack.use(await startRedis())
  const places = {
    ...(cluster && { cluster: cluster.seeds }),
    ...(sentinels && { sentinels: { sentinels: [...sentinels.addresses], name: sentinels.name } }),
  }
  const tie = tether()
  stack.defer(() => tie.cut())
  const truth = new Truth()
  const workers: WorkerProcess[] = []
  const proxies = []
  for (let worker = 0; worker < count; worker += 1) {
    const proxy =
      worker % 2 === 1 && options.topology === 'server' ? stack.use(await startFaultProxy(redis)) : undefined
    if (proxy !== undefined) proxies.push(proxy)
    const started = await WorkerProcess.start(truth, tie)
    workers.push(started)
    stack.defer(() => started.close())
    await started.call('open', {
      cacheModule: String(options.cacheModule),
      cache: { redisUrl: proxy?.url() ?? redis.url, ...places, prefix, maxStalenessMs, heartbeatMs, worker },
      seed,
      workers: count,
      startedAtNs: String(startedAt),
      mode,
    })
  }
  return { redis, cluster, sentinels, proxies, workers, prefix, random: seededRandom(seed).fork('stage') }
}

/** Every fault once in a shuffled order, then again in another. */
function takingTurns(faults: readonly HistoryFault[], random: Random): () => HistoryFault | undefined {
  let waiting: HistoryFault[] = []
  return () => {
    if (waiting.length === 0) waiting = random.shuffle(faults)
    return waiting.pop()
  }
}
