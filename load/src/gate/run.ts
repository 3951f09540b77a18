import { describeEnvironment } from '@holdfast/bench/engine/environment'
import { lockHost } from '@holdfast/bench/engine/lock'
import { choosePinning, pinProcess } from '@holdfast/bench/engine/pin'
import { repositoryRoot } from '@holdfast/bench/engine/repository'
import { openAgainst, openFolder } from '@holdfast/bench/engine/worktree'
import { InfrastructureError } from '@holdfast/bench/exit'
import {
  checkSentinel,
  compareCounts,
  exitCodeOf,
  isSettled,
  judge,
  plansOf,
  verdictOf,
} from '@holdfast/bench/gate/judge'
import { recordOf } from '@holdfast/bench/gate/record'
import type { GateResult } from '@holdfast/bench/gate/result'
import { showProgress } from '@holdfast/bench/report/progress'
import { splitAlpha } from '@holdfast/bench/stats/verdict'
import { resolve } from 'node:path'
import { workingCopy } from '../app/database/files.ts'
import { Generator } from '../processes/generator.ts'
import { ownRedis } from '../processes/redis.ts'
import { apiCountRules, gateDefaults } from './cases.ts'
import { Duels } from './duels.ts'
import type { LoadGateOptions } from './options.ts'

/**
 * Compares what the API costs with two checkouts' packages, process against process, by the rule of `pnpm bench gate`: exact counts
 * first, then processor time per request (5 % slower fails, shown to be under 20 % passes), with the median latency for the tails.
 */
export async function runLoadGate(
  options: LoadGateOptions,
  report: (line: string) => void,
  ending: AsyncDisposableStack,
): Promise<GateResult> {
  const started = Date.now()
  const base = openAgainst(options.against, report)
  const head = openFolder(resolve(options.head ?? repositoryRoot))
  using _lock = await lockHost(10 * 60_000, report)
  const pinning = choosePinning(options.pin)
  const redis = ending.use(await ownRedis())
  const generator = ending.use(await Generator.start())
  pinProcess(generator.pid, pinning.client)
  pinProcess(redis.own!.pid, pinning.client)
  const { path: databasePath } = ending.use(await workingCopy({ seed: 1, rows: gateDefaults.rows }))
  const bench = { redis: redis.own!, generator, databasePath, rows: gateDefaults.rows, pinning }
  const duels = new Duels(bench, { base: base.root, head: head.root }, options.injections)

  const { looks, cases, tolerance, detect } = options
  const rule = {
    looks,
    alphas: splitAlpha(gateDefaults.alpha, looks.length),
    family: cases.length * 2,
    beta: gateDefaults.beta,
  }
  const plans = plansOf(rule, tolerance, detect)
  const sentinels = [
    { id: `S0 ${cases[0]!.id}`, expected: 'pass' },
    { id: `S1 ${cases[0]!.id}`, expected: 'fail' },
  ] as const
  const isOpen = (id: string): boolean => !isSettled(judge(duels.of(id), plans))
  const progress = showProgress()
  let open = cases
  for (const look of looks) {
    while (open.length > 0 && duels.replicates.length < look && Date.now() < started + options.budgetMs) {
      progress.show(`process ${duels.replicates.length + 1} of ${look}: ${open.length} cases are open`)
      await duels.replicate(open, cases[0])
    }
    progress.clear()
    // A sentinel is measured beside its case: that one stays as long as the sentinel is open.
    open = cases.filter(
      ({ id }, index) => isOpen(id) || (index === 0 && sentinels.some((sentinel) => isOpen(sentinel.id))),
    )
    report(`after ${duels.replicates.length} processes, open: ${open.map(({ id }) => id).join(', ') || 'nothing'}`)
    if (open.length === 0) break
  }

  if (openFolder(head.root).hash !== head.hash)
    throw new InfrastructureError(`${head.root} was changed while it was measured.`)
  const benches = cases.map((each) => recordOf(each, duels.of(each.id), plans, options.injections.get(each.id)))
  const counted = Object.fromEntries(cases.map(({ id }) => [id, duels.counts(id)]))
  const counts = cases.flatMap(({ id }) => {
    const { base: one, head: other } = duels.counts(id)
    return one === undefined || other === undefined
      ? []
      : compareCounts(id, one, other, options.accepted, apiCountRules)
  })
  const checked = sentinels.map(({ id, expected }) => ({
    ...checkSentinel(judge(duels.of(id), plans), expected),
    points: duels.of(id).points,
  }))
  const disturbed = duels.replicates.filter(({ isDisturbed }) => isDisturbed).length
  const disturbedShare = disturbed / Math.max(1, duels.replicates.length)
  const verdict = verdictOf({ benches, counts, sentinels: checked, disturbedShare })
  return {
    schema: 'holdfast.bench.gate.v1',
    startedAt: new Date(started).toISOString(),
    durationMs: Date.now() - started,
    base: { name: base.name, hash: base.hash },
    head: { name: head.name, hash: head.hash },
    isSameBuild: base.hash === head.hash,
    plan: plans,
    environment: describeEnvironment(pinning, redis.version),
    replicates: duels.replicates,
    verdict,
    exitCode: exitCodeOf(verdict, options.onInconclusive),
    benches,
    sentinels: checked,
    counts,
    counted,
    reproduce: `pnpm load gate --against ${options.against}`,
  }
}
