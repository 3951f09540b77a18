import { describeEnvironment } from '../engine/environment.ts'
import { lockHost } from '../engine/lock.ts'
import type { Pinning } from '../engine/pin.ts'
import { type BenchRedis, openRedis } from '../engine/redis-server.ts'
import { git } from '../engine/repository.ts'
import { runChild } from '../engine/run-child.ts'
import { installedVersion } from '../engine/versions.ts'
import { paint } from '../report/paint.ts'
import { showProgress } from '../report/progress.ts'
import { formatDuration } from '../report/units.ts'
import { type Case, peerOf } from '../suites/case.ts'
import { checkPeers, type Faults } from './conformance.ts'
import type { Plan } from './plan.ts'
import { renderCase } from './print.ts'
import type { CaseResult, CompareResult } from './result.ts'
import { type Replicate, summarizeCase } from './summarize.ts'

/** Runs a plan case by case, and prints each case when its processes have ended. */
export async function runCompare(plan: Plan, pinning: Pinning, root: string): Promise<CompareResult> {
  const started = Date.now()
  using _lock = await lockHost(10 * 60_000, (line) => console.error(line))
  await using redis = plan.cases.some(({ needsRedis }) => needsRedis) ? await openRedis(pinning) : undefined
  const environment = describeEnvironment(pinning, redis?.version)
  console.log(
    paint(
      'dim',
      `${environment.cpu} × ${environment.cpuCount}, Node ${environment.node}${redis ? `, Redis ${redis.version}` : ''}; ${plan.runs} ${plan.runs === 1 ? 'process' : 'processes'} a case`,
    ),
  )
  console.log()
  const faults = await checkPeers(plan.cases, root, redis, pinning)
  const cases: CaseResult[] = []
  for (const [at, bench] of plan.cases.entries()) {
    const result = await runCase(
      bench,
      {
        plan,
        pinning,
        redis,
        root,
        faults,
        endsAt: Date.now() + (plan.budgetMs - (Date.now() - started)) / (plan.cases.length - at),
      },
      at,
    )
    cases.push(result)
    console.log(renderCase(result))
  }
  console.log(paint('dim', `took ${formatDuration(Date.now() - started)}`))
  return {
    schema: 'holdfast.bench.compare.v1',
    startedAt: new Date(started).toISOString(),
    durationMs: Date.now() - started,
    commit: git(['rev-parse', 'HEAD'], root),
    runs: plan.runs,
    timeMs: plan.timeMs,
    environment,
    versions: Object.fromEntries(libraries.map((name) => [name, installedVersion(name)])),
    cases,
  }
}

const libraries = [
  'ioredis',
  'redis',
  'msgpackr',
  'lru-cache',
  'node-cache',
  'bentocache',
  'cacheable',
  'cache-manager',
  'async-cache-dedupe',
  'tinybench',
]

interface Surroundings {
  readonly plan: Plan
  readonly pinning: Pinning
  readonly redis: BenchRedis | undefined
  readonly root: string
  readonly faults: Faults
  readonly endsAt: number
}

async function runCase(
  bench: Case,
  { plan, pinning, redis, root, faults, endsAt }: Surroundings,
  at: number,
): Promise<CaseResult> {
  const progress = showProgress()
  const replicates: Replicate[] = []
  const unable: Record<string, string> = {}
  for (const name of bench.contenders) {
    const found = faults.get(`${peerOf(name)} ${bench.tier}`)
    if (found) unable[name] = `does not do what it is compared for: ${found.join('; ')}`
  }
  for (let replicate = 0; replicate < plan.runs; replicate++) {
    if (replicate > 0 && Date.now() > endsAt) break
    progress.show(`${bench.id} (${at + 1} of ${plan.cases.length}): process ${replicate + 1} of ${plan.runs}`)
    if (bench.needsRedis) await redis?.command('FLUSHALL')
    await runChild(
      {
        type: 'compare',
        caseId: bench.id,
        contenders: bench.contenders.filter((name) => unable[name] === undefined),
        root,
        redisUrl: redis?.url ?? '',
        effort: plan.effortFor(bench),
        timeMs: plan.timeMs,
        replicate,
      },
      pinning,
      (message) => {
        if (message.type === 'samples') replicates.push(message)
        if (message.type === 'unable') unable[message.contender] = message.reason
      },
    )
  }
  progress.clear()
  return summarizeCase(bench, replicates, unable)
}
