import type { Counts } from '@holdfast/bench/engine/counts'
import { type Pinning, pinProcess } from '@holdfast/bench/engine/pin'
import { quantile } from '@holdfast/bench/stats/quantile'
import { sortedColumn } from '../measure/slice.ts'
import { startApi, type ApiProcess } from '../processes/api.ts'
import type { Generator } from '../processes/generator.ts'
import type { OwnRedis } from '../processes/redis.ts'
import { workloadOf } from '../traffic/workload.ts'
import { effort, type GateCase } from './cases.ts'

/** What a process is measured with; the same for both sides. */
export interface Bench {
  readonly redis: OwnRedis
  readonly generator: Generator
  readonly databasePath: string
  readonly rows: number
  readonly pinning: Pinning
}

/** Milliseconds for each request that was reported. */
export interface Timing {
  /** Processor time of the server, all threads. */
  readonly cpuMs: number
  readonly p50Ms: number
  readonly requests: number
}

/** What one process of one build says. */
export interface SideMeasured {
  readonly counts: Counts
  /** As many timings as there were inflations. */
  readonly timings: readonly Timing[]
}

/**
 * Starts an API process of a build, counts what requests cost on an empty cache, and times requests on a warm one. A process that lives
 * for long keeps the luck of its layout, so each side gets a new one for every replicate.
 *
 * @param inflations how much more work is done than is reported, for each timing
 * @throws {Error} with what the process wrote, when the build cannot run the API
 */
export async function measureSide(
  bench: Bench,
  { mode }: GateCase,
  {
    packages,
    inflations,
    seed,
  }: { readonly packages: string; readonly inflations: readonly number[]; readonly seed: number },
): Promise<SideMeasured> {
  const { redis, databasePath, pinning } = bench
  await redis.command('FLUSHALL')
  await using api = await startApi({
    mode,
    databasePath,
    redisUrl: redis.url,
    execArgv: ['--import', new URL('./child-packages.ts', import.meta.url).href],
    env: { LOAD_PACKAGES: packages },
  })
  pinProcess(api.pid, pinning.server)
  const counts = await count(bench, api)
  await drive(bench, api, { connections: 10, count: effort.warming, seed })
  const timings: Timing[] = []
  for (const inflation of inflations) timings.push(await time(bench, api, inflation, seed))
  return { counts, timings }
}

/** One request after the other, in the same order on both sides: what they cost does not depend on the machine. */
async function count(bench: Bench, api: ApiProcess): Promise<Counts> {
  const { redis } = bench
  const operations = effort.counted
  await redis.command('CONFIG', 'RESETSTAT')
  const before = await api.read()
  await drive(bench, api, { connections: 1, count: operations, seed: 1 })
  const after = await api.read()
  const commands = await redis.commandCounts()
  const queries = after.database.reads + after.database.writes - before.database.reads - before.database.writes
  return {
    operations,
    commandsInAll: commandsOfRequests(commands) / operations,
    loads: (after.loads - before.loads) / operations,
    queries: queries / operations,
  }
}

/** What a process does every few seconds, and once when it starts: how much of it there is says how long the count took. */
const housekeeping: ReadonlySet<string> = new Set(['ping', 'time', 'info', 'type', 'sadd', 'hello', 'config|resetstat'])

function commandsOfRequests(commands: ReadonlyMap<string, number>): number {
  let all = 0
  for (const [name, calls] of commands) if (!housekeeping.has(name) && !name.startsWith('client')) all += calls
  // A heartbeat is a PING, a TIME and a GET.
  return all - (commands.get('time') ?? 0)
}

async function time(bench: Bench, api: ApiProcess, inflation: number, seed: number): Promise<Timing> {
  const requests = effort.timed
  const before = await api.read()
  const { samples } = await drive(bench, api, { connections: 10, count: Math.round(requests * inflation), seed })
  const after = await api.read()
  const p50Ms = quantile(sortedColumn(samples, { faults: ['none'] }, 'latency'), 0.5)
  return { cpuMs: (after.cpuMs - before.cpuMs) / requests, p50Ms: p50Ms * inflation, requests }
}

function drive(
  { generator, rows }: Bench,
  { url }: ApiProcess,
  { connections, count: amount, seed }: { readonly connections: number; readonly count: number; readonly seed: number },
): ReturnType<Generator['run']> {
  const workload = { ...workloadOf('browse'), leads: 100, writes: 0 }
  const traffic = { workload, seed, rows, count: amount }
  return generator.run({ engine: 'saturate', url, connections, timeoutMs: 10_000, traffic })
}
