import { escapeXml } from '@holdfast/bench/report/svg'
import type { RunRecord, ScenarioRecord } from './record.ts'

/** A testcase for each condition and each control. What cannot be judged is skipped, with the reason. */
export function runJunit(run: RunRecord): string {
  const suites = [...claimsSuite(run), ...run.scenarios.map(suite)]
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...suites, '</testsuites>', ''].join('\n')
}

function claimsSuite({ claims = [], durationMs }: RunRecord): readonly string[] {
  if (claims.length === 0) return []
  const bodies = { holds: '', broken: '<failure message="broken"/>', untrusted: '<skipped message="untrusted"/>' }
  const of = (outcome: keyof typeof bodies): number => claims.filter((claim) => claim.outcome === outcome).length
  return [
    `  <testsuite name="load claims" tests="${claims.length}" failures="${of('broken')}" errors="0" skipped="${of('untrusted')}" time="${(durationMs / 1_000).toFixed(1)}">`,
    ...claims.map(({ name, says, outcome }) => testcase('claims', `${name}: ${says}`, bodies[outcome])),
    '  </testsuite>',
  ]
}

function suite({ name, lines, doubt, control, durationMs }: ScenarioRecord): string {
  const cases = lines.map((line) => {
    const text = escapeXml(`observed ${line.observed}, judged by ${line.reason ?? line.judged}, n = ${line.n}`)
    const body = line.isMet
      ? ''
      : doubt === undefined
        ? `<failure message="${text}"/>`
        : `<skipped message="${escapeXml(doubt)}"/>`
    return testcase(name, `${line.metric} ${line.expression}`, body)
  })
  if (control !== undefined) {
    const body = control.isBroken ? '' : '<failure message="the control does not fail, so the scenario shows nothing"/>'
    cases.push(testcase(name, `control: ${control.title}`, body))
  }
  const count = (tag: string): number => cases.filter((xml) => xml.includes(`<${tag} `)).length
  const counts = `tests="${cases.length}" failures="${count('failure')}" errors="0" skipped="${count('skipped')}"`
  return [
    `  <testsuite name="load ${escapeXml(name)}" ${counts} time="${(durationMs / 1_000).toFixed(1)}">`,
    ...cases,
    '  </testsuite>',
  ].join('\n')
}

function testcase(group: string, name: string, body: string): string {
  return `    <testcase classname="load.${escapeXml(group)}" name="${escapeXml(name)}">${body}</testcase>`
}
