import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { describeEnvironment } from '../engine/environment.ts'
import { lockHost } from '../engine/lock.ts'
import { choosePinning } from '../engine/pin.ts'
import { openRedis } from '../engine/redis-server.ts'
import { repositoryRoot } from '../engine/repository.ts'
import { type Checkout, openAgainst, openFolder } from '../engine/worktree.ts'
import { InfrastructureError, UsageError } from '../exit.ts'
import { type Plan, splitAlpha } from '../stats/verdict.ts'
import { catalog } from '../suites/catalog.ts'
import { countBoth } from './count.ts'
import { checkSentinel, exitCodeOf, judge, plansOf, verdictOf } from './judge.ts'
import { type Builds, Measurements } from './measure.ts'
import type { GateOptions } from './options.ts'
import { duelsFor, replicateUntilSettled, sentinelsFor } from './replicate.ts'
import { recordOf } from './record.ts'
import type { GateResult } from './result.ts'
import { defaults } from './thresholds.ts'

/** Runs a whole gate: counts, then processes until every bench is decided or the last look is over. */
export async function runGate(options: GateOptions, report: (line: string) => void): Promise<GateResult> {
  const started = Date.now()
  const base = openAgainst(options.against, report)
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
  const sentinels = sentinelsFor(options.cases, witness)
  const duels = [
    ...duelsFor(options.cases, builds.base, builds.head, options.injections),
    ...sentinels.map(({ duel }) => duel),
  ]
  await replicateUntilSettled(measurements, { duels, plans, endsAt: started + options.budgetMs }, report)

  if (openFolder(head.root).hash !== head.hash)
    throw new InfrastructureError(`${head.root} was changed while it was measured.`)
  const benches = options.cases.map((bench) =>
    recordOf(bench, measurements.of(bench.id), plans, options.injections.get(bench.id)),
  )
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
