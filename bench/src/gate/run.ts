import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { describeEnvironment } from '../engine/environment.ts'
import type { Build, DuelSpec } from '../engine/job.ts'
import { lockHost } from '../engine/lock.ts'
import { choosePinning } from '../engine/pin.ts'
import { openRedis } from '../engine/redis-server.ts'
import { repositoryRoot } from '../engine/repository.ts'
import { type Checkout, openCommit, openFolder } from '../engine/worktree.ts'
import { InfrastructureError, UsageError } from '../exit.ts'
import { showProgress } from '../report/progress.ts'
import { bcaInterval } from '../stats/bootstrap.ts'
import { type Plan, splitAlpha } from '../stats/verdict.ts'
import { hodgesLehmann, walshAverages } from '../stats/walsh.ts'
import type { Case } from '../suites/case.ts'
import { caseById, catalog } from '../suites/catalog.ts'
import {
  checkSentinel,
  compareCounts,
  type CountChange,
  exitCodeOf,
  isSettled,
  judge,
  mergeCounts,
  plansOf,
  verdictOf,
} from './judge.ts'
import { type Builds, Measurements } from './measure.ts'
import type { GateOptions } from './options.ts'
import type { BenchRecord, GateResult } from './result.ts'
import { defaults, sentinelCases, sentinelInflation } from './thresholds.ts'

/** A sentinel: the base against its twin, with more work or without. */
interface Sentinel {
  readonly duel: DuelSpec
  readonly expected: 'pass' | 'fail'
}

/** Runs a whole gate: counts, then processes until every bench is decided or the last look is over. */
export async function runGate(options: GateOptions, report: (line: string) => void): Promise<GateResult> {
  const started = Date.now()
  const base = openBase(options.against, report)
  const head = openFolder(resolve(options.head ?? repositoryRoot))
  checkRemoved(base, options)
  using _lock = await lockHost(10 * 60_000, report)
  const pinning = choosePinning(options.pin)
  await using redis = options.cases.some(({ needsRedis }) => needsRedis) ? await openRedis(pinning) : undefined

  const builds = buildsOf(base, head)
  const measurements = new Measurements(redis, pinning)
  const counts = await countBoth(measurements, builds, options)
  for (const change of counts.changes)
    if (change.outcome === 'fail')
      report(`${change.id}: ${change.rule.title} ${change.base.toFixed(2)} → ${change.head.toFixed(2)}`)

  const plans = plansFor(options)
  // A base that lacks something cannot vouch for the instrument: the head does.
  const witness = options.cases.every(({ id }) => counts.counted[id]?.base) ? builds.base : builds.head
  const sentinels = sentinelsFor(options.cases, witness, { ...witness, copy: 'twin' })
  await replicateUntilSettled(measurements, options, plans, builds, sentinels, started, report)

  if (openFolder(head.root).hash !== head.hash)
    throw new InfrastructureError(`${head.root} was changed while it was measured.`)
  const benches = options.cases.map((bench): BenchRecord => recordOf(bench, measurements, plans, options))
  const checked = sentinels.map(({ duel, expected }) => {
    const measured = measurements.of(duel.id)
    return { ...checkSentinel(judge(measured, plans), expected), points: measured.points }
  })
  const disturbed = measurements.replicates.filter(({ isDisturbed }) => isDisturbed).length
  const verdict = verdictOf({
    benches,
    counts: counts.changes,
    sentinels: checked,
    disturbedShare: disturbed / Math.max(1, measurements.replicates.length),
  })
  return {
    schema: 'holdfast.bench.gate.v1',
    startedAt: new Date(started).toISOString(),
    durationMs: Date.now() - started,
    base: { name: base.name, hash: base.hash },
    head: { name: head.name, hash: head.hash },
    isSameBuild: base.hash === head.hash,
    plan: plans,
    environment: describeEnvironment(pinning, redis?.version),
    replicates: measurements.replicates,
    verdict,
    exitCode: exitCodeOf(verdict, options.onInconclusive),
    benches,
    sentinels: checked,
    counts: counts.changes,
    counted: counts.counted,
    reproduce: ['pnpm bench gate --against', options.against, ...options.selection].join(' '),
  }
}

function openBase(against: string, report: (line: string) => void): Checkout {
  return existsSync(join(against, 'packages', 'core')) ? openFolder(resolve(against)) : openCommit(against, report)
}

/** A bench that the base had and nobody named as removed is an error: a gate must not go blind unnoticed. */
function checkRemoved(base: Checkout, options: GateOptions): void {
  const gone = idsOf(base).filter((id) => catalog.every((bench) => bench.id !== id) && !options.removed.has(id))
  if (gone.length > 0)
    throw new UsageError(
      `The base has benches that are gone: ${gone.join(', ')}. Name each with \`--removed\` if that is meant.`,
    )
}

/** What the base's own bench lists; nothing where it has none yet. */
function idsOf(base: Checkout): readonly string[] {
  const cli = join(base.root, 'bench', 'src', 'cli.ts')
  if (base.root === repositoryRoot || !existsSync(cli)) return []
  try {
    const list = execFileSync(process.execPath, ['--conditions=@holdfast/source', cli, '--list', '--json', '-'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return (JSON.parse(list) as readonly { readonly id: string }[]).map(({ id }) => id)
  } catch {
    return []
  }
}

/** Equal sources need no second folder: two copies of the modules are as far apart. */
function buildsOf(base: Checkout, head: Checkout): Builds {
  const root = base.hash === head.hash ? head.root : base.root
  return { base: { root, copy: 'base' }, head: { root: head.root, copy: 'head' } }
}

function plansFor(options: GateOptions): { readonly centre: Plan; readonly tails: Plan } {
  const { looks, alpha, cases, tolerance, detect } = options
  return plansOf(
    { looks, alphas: splitAlpha(alpha, looks.length), family: cases.length * 2, beta: defaults.beta },
    tolerance,
    detect,
  )
}

function sentinelsFor(cases: readonly Case[], base: Build, twin: Build): readonly Sentinel[] {
  const isBroken = process.env['BENCH_BREAK_SENTINEL'] === '1'
  const hasRedis = cases.some(({ needsRedis }) => needsRedis)
  return sentinelCases
    .filter((id) => hasRedis || !caseById(id).needsRedis)
    .flatMap((caseId): Sentinel[] => [
      { expected: 'pass', duel: { id: `S0 ${caseId}`, caseId, base, head: twin, inflation: 1 } },
      {
        expected: 'fail',
        duel: { id: `S1 ${caseId}`, caseId, base, head: twin, inflation: isBroken ? 1 : sentinelInflation },
      },
    ])
}

async function replicateUntilSettled(
  measurements: Measurements,
  options: GateOptions,
  plans: { readonly centre: Plan; readonly tails: Plan },
  builds: Builds,
  sentinels: readonly Sentinel[],
  started: number,
  report: (line: string) => void,
): Promise<void> {
  const isBroken = process.env['BENCH_BREAK_SENTINEL'] === '1'
  let open: readonly DuelSpec[] = [
    ...options.cases.map(({ id }) => ({
      id,
      caseId: id,
      base: builds.base,
      head: builds.head,
      inflation: isBroken ? 1 : (options.injections.get(id) ?? 1),
    })),
    ...sentinels.map(({ duel }) => duel),
  ]
  const progress = showProgress()
  for (const look of options.looks) {
    while (measurements.replicates.length < look) {
      if (Date.now() - started > options.budgetMs) {
        progress.clear()
        report(`The budget is used up after ${measurements.replicates.length} processes.`)
        return
      }
      progress.show(`process ${measurements.replicates.length + 1} of ${look}: ${open.length} benches are open`)
      await measurements.replicate(open)
    }
    progress.clear()
    open = open.filter(({ id }) => !isSettled(judge(measurements.of(id), plans)))
    report(
      `after ${look} processes, ${open.length === 0 ? 'everything is decided' : `open: ${open.map(({ id }) => id).join(', ')}`}`,
    )
    if (open.length === 0) return
  }
}

function recordOf(
  bench: Case,
  measurements: Measurements,
  plans: { readonly centre: Plan; readonly tails: Plan },
  options: GateOptions,
): BenchRecord {
  const measured = measurements.of(bench.id)
  const x = measured.points.map((point) => point.x)
  const injected = options.injections.get(bench.id)
  const interval =
    x.length < 2 ? undefined : bcaInterval(x, (sample) => hodgesLehmann(walshAverages(sample)), { resamples: 2_000 })
  return {
    ...judge(measured, plans),
    title: bench.title,
    metric: bench.metric,
    points: measured.points,
    interval: interval && { low: Math.exp(interval.low), high: Math.exp(interval.high) },
    ...(injected === undefined ? {} : { injected }),
  }
}

/** Counts both builds once; what looks worse is counted in two more processes of each, and must be worse in the best of them. */
async function countBoth(
  measurements: Measurements,
  { base, head }: Builds,
  options: GateOptions,
): Promise<{
  readonly changes: readonly CountChange[]
  readonly counted: GateResult['counted']
}> {
  const before = new Map(await measurements.count(base, options.cases, 0))
  const after = new Map(await measurements.count(head, options.cases, 0))
  const compare = (): readonly CountChange[] =>
    options.cases.flatMap(({ id }) => {
      const [one, other] = [before.get(id), after.get(id)]
      return one && other ? compareCounts(id, one, other, options.accepted) : []
    })
  for (let replicate = 1; replicate <= 2; replicate++) {
    const suspects = new Set(compare().flatMap(({ id, outcome }) => (outcome === 'fail' ? [id] : [])))
    if (suspects.size === 0) break
    const cases = options.cases.filter(({ id }) => suspects.has(id))
    for (const [id, counts] of await measurements.count(base, cases, replicate))
      before.set(id, mergeCounts(before.get(id), counts, Math.max))
    for (const [id, counts] of await measurements.count(head, cases, replicate))
      after.set(id, mergeCounts(after.get(id), counts, Math.min))
  }
  const counted = Object.fromEntries(
    options.cases.map(({ id }) => {
      const [one, other] = [before.get(id), after.get(id)]
      return [id, { ...(one ? { base: one } : {}), ...(other ? { head: other } : {}) }]
    }),
  )
  return { changes: compare(), counted }
}
