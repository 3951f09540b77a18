import { htmlPage, htmlTable } from '@holdfast/bench/report/html'
import { escapeXml } from '@holdfast/bench/report/svg'
import { lineColumns, lineRow } from './print.ts'
import { claimColumns, claimRow } from './claims-table.ts'
import { drivePicture } from './drive-picture.ts'
import type { RunRecord, ScenarioRecord } from './record.ts'

const styles = { pass: 'good', fail: 'bad', untrusted: 'open' } as const

/** One file that needs nothing else: verdict, conditions and timelines. */
export function runHtml(run: RunRecord): string {
  const { environment, settings } = run
  const body = [
    `<p><strong>${escapeXml(run.verdict)}</strong></p>`,
    `<p class="note">Seed ${settings.seed}, ${settings.rows} leads; ${environment.cpuCount} × ${escapeXml(environment.cpu)}, Node ${escapeXml(environment.node)}. Again: <code>${escapeXml(run.reproduce)}</code></p>`,
    ...claimsHtml(run),
    ...run.scenarios.map(scenarioHtml),
  ]
  return htmlPage('Holdfast under load', body.join('\n'), run)
}

function claimsHtml({ claims = [] }: RunRecord): readonly string[] {
  if (claims.length === 0) return []
  const rows = claims.map((claim) => ({
    cells: claimRow(claim),
    className: { holds: 'good', broken: 'bad', untrusted: 'open' }[claim.outcome],
  }))
  return ['<h2>Claims</h2>', htmlTable(claimColumns, rows)]
}

function scenarioHtml(scenario: ScenarioRecord): string {
  const { name, title, outcome, lines, notes, doubt, drives, control } = scenario
  const rows = (those: typeof lines): string =>
    htmlTable(
      lineColumns,
      those.map((line) => ({ cells: lineRow(line), className: line.isMet ? 'good' : 'bad' })),
    )
  return [
    `<h2>${escapeXml(name)} <span class="${styles[outcome]}">${outcome}</span></h2>`,
    `<p>${escapeXml(title)}</p>`,
    rows(lines),
    ...[...notes, ...(doubt === undefined ? [] : [doubt])].map((note) => `<p class="note">${escapeXml(note)}</p>`),
    ...drives.map((drive) => drivePicture(drive, scenario)),
    ...(control === undefined
      ? []
      : [
          `<details><summary>Control: ${escapeXml(control.title)}: ${control.isBroken ? 'fails, as it must' : 'does not fail'}</summary>${rows(control.lines)}</details>`,
        ]),
  ].join('\n')
}
