import { escapeXml } from '../report/svg.ts'
import { formatRatio } from '../report/units.ts'
import type { BenchRecord, GateResult } from './result.ts'

/** A testcase for each bench, each changed count and each sentinel; what is open is skipped, with what it could have missed. */
export function gateJunit(result: GateResult): string {
  const cases = [
    ...result.benches.map((bench) => testcase('bench', bench.id, bodyOf(bench))),
    ...result.counts.map(({ id, rule, base, head, outcome }) =>
      testcase('count', `${id} ${rule.field}`, outcome === 'fail' ? failure(`${rule.title}: ${base} → ${head}`) : ''),
    ),
    ...result.sentinels.map(({ id, expected, judged, isRight }) =>
      testcase('sentinel', id, isRight ? '' : failure(`should ${expected} and was ${judged.outcome}`)),
    ),
  ]
  const count = (tag: string): number => cases.filter((xml) => xml.includes(`<${tag} `)).length
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="bench gate" tests="${cases.length}" failures="${count('failure')}" errors="0" skipped="${count('skipped')}" time="${(result.durationMs / 1_000).toFixed(1)}">`,
    ...cases,
    '</testsuite>',
    '',
  ].join('\n')
}

function bodyOf({ outcome, centre, tails, detectable, reason }: BenchRecord): string {
  if (outcome === 'broken') return failure(reason ?? 'broken')
  if (outcome === 'fail')
    return failure(
      `ratio ${formatRatio(centre.ratio)}, at least ${formatRatio(centre.lower)}; tails ${formatRatio(tails.ratio)}`,
    )
  if (outcome === 'new') return `<skipped message="new: ${escapeXml(reason ?? '')}"/>`
  if (outcome === 'inconclusive')
    return `<skipped message="inconclusive: only a ratio of ${formatRatio(detectable ?? Number.NaN)} would have been seen"/>`
  return ''
}

function failure(message: string): string {
  return `<failure message="${escapeXml(message)}"/>`
}

function testcase(group: string, name: string, body: string): string {
  return `  <testcase classname="${group}" name="${escapeXml(name)}">${body}</testcase>`
}
