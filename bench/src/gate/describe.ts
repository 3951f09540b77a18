import { type Column } from '../report/table.ts'
import { formatDuration, formatMs, formatPercent, formatRatio } from '../report/units.ts'
import { median } from '../stats/quantile.ts'
import type { CountChange } from './judge.ts'
import type { BenchRecord, GateResult } from './result.ts'

export const benchColumns: readonly Column[] = [
  { title: 'bench' },
  { title: 'verdict' },
  { title: 'ratio', align: 'right' },
  { title: 'bounds', align: 'right' },
  { title: 'n', align: 'right' },
  { title: 'base', align: 'right' },
  { title: 'head', align: 'right' },
  { title: 'tails', align: 'right' },
  { title: '' },
]

export function benchRow(bench: BenchRecord): readonly string[] {
  const { centre, tails, points } = bench
  if (centre.n === 0) return [bench.id, bench.outcome, '', '', String(points.length), '', '', '', noteOn(bench)]
  return [
    bench.id,
    bench.outcome,
    formatRatio(centre.ratio),
    `${formatRatio(centre.lower)}–${formatRatio(centre.upper)}`,
    String(centre.n),
    formatMs(median(points.map(({ baseMs }) => baseMs))),
    formatMs(median(points.map(({ headMs }) => headMs))),
    formatRatio(tails.ratio),
    noteOn(bench),
  ]
}

function noteOn(bench: BenchRecord): string {
  if (bench.reason !== undefined) return bench.reason
  if (bench.injected !== undefined) return `${bench.injected} × the work injected`
  if (bench.outcome === 'fail' && bench.centre.outcome !== 'fail') return 'in the tails'
  if (bench.detectable === Number.POSITIVE_INFINITY) return 'too few processes to see anything'
  if (bench.detectable !== undefined) return `a slowdown of ${formatPercent(bench.detectable - 1)} would have been seen`
  return ''
}

export const countColumns: readonly Column[] = [
  { title: 'bench' },
  { title: 'count' },
  { title: 'base', align: 'right' },
  { title: 'head', align: 'right' },
  { title: '' },
]

export function countRow({ id, rule, base, head, outcome }: CountChange): readonly string[] {
  return [id, rule.title, formatCount(base), formatCount(head), outcome]
}

function formatCount(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Math.round(value * 100) / 100)
}

/** Counts worth a line: whatever changed. */
export function changedCounts(result: GateResult): readonly CountChange[] {
  return result.counts.filter(({ outcome }) => outcome !== 'pass')
}

/** The verdict in one sentence. */
export function verdictSentence(result: GateResult): string {
  const { verdict, benches, counts, sentinels, base, head, isSameBuild } = result
  const compared = isSameBuild ? `${head.name} against itself` : `${head.name} against ${base.name}`
  const named = (outcome: string): string =>
    benches
      .filter((bench) => bench.outcome === outcome)
      .map(({ id }) => id)
      .join(', ')
  if (verdict === 'untrusted') {
    const wrong = sentinels
      .filter(({ isRight }) => !isRight)
      .map(({ id, expected, judged }) => `${id} should ${expected} and was ${judged.outcome}`)
    return `UNTRUSTED: ${wrong.join('; ') || 'the machine was taken away in more than half of the processes'}. Nothing is said about ${compared}.`
  }
  if (verdict === 'fail') {
    const reasons = [
      ...benches
        .filter(({ outcome }) => outcome === 'fail')
        .map(
          ({ id, centre, tails }) =>
            `${id} ${formatPercent((centre.outcome === 'fail' ? centre.ratio : tails.ratio) - 1)}`,
        ),
      ...benches.filter(({ outcome }) => outcome === 'broken').map(({ id }) => `${id} is broken`),
      ...counts
        .filter(({ outcome }) => outcome === 'fail')
        .map(
          ({ id, rule, base: before, head: after }) =>
            `${id} ${formatCount(before)} → ${formatCount(after)} ${rule.title}`,
        ),
    ]
    return `REGRESSION in ${compared}: ${reasons.join('; ')}.`
  }
  if (verdict === 'inconclusive')
    return `INCONCLUSIVE: ${compared} shows no regression, but the noise could hide one in ${named('inconclusive')}.`
  const improved = named('improved')
  return `PASS: ${compared} is not slower${improved === '' ? '' : `, and faster in ${improved}`}.`
}

/** How the figures came about, in one line. */
export function runSentence(result: GateResult): string {
  const { replicates, plan, durationMs, environment } = result
  return `${replicates.length} processes (looks at ${plan.centre.looks.join(', ')}), ${formatDuration(durationMs)}, ${environment.cpu}, Node ${environment.node}`
}
