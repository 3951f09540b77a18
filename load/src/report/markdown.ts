import { markdownTable } from '@holdfast/bench/report/table'
import type { RunRecord, ScenarioRecord } from './record.ts'
import { claimColumns, claimRow } from './claims-table.ts'
import { lineColumns, lineRow } from './print.ts'

/** For the summary of a CI run: the verdict, what is broken, and the rest folded away. */
export function runMarkdown(run: RunRecord): string {
  const broken = run.scenarios.flatMap(({ name, lines }) =>
    lines.filter((line) => !line.isMet).map((line) => [name, ...lineRow(line)]),
  )
  return [
    `**${run.verdict}**`,
    ...(run.claims === undefined ? [] : ['', markdownTable(claimColumns, run.claims.map(claimRow))]),
    ...(broken.length === 0 ? [] : ['', markdownTable([{ title: 'scenario' }, ...lineColumns], broken)]),
    ...run.scenarios.flatMap(scenarioMarkdown),
    '',
    `Seed ${run.settings.seed}, ${run.settings.rows} leads, ${run.environment.cpuCount} × ${run.environment.cpu}, Node ${run.environment.node}  `,
    `\`${run.reproduce}\``,
    '',
  ].join('\n')
}

function scenarioMarkdown({ name, title, outcome, lines, notes, doubt, control }: ScenarioRecord): readonly string[] {
  return [
    '',
    `<details><summary>${name}: ${outcome}</summary>`,
    '',
    title,
    '',
    markdownTable(lineColumns, lines.map(lineRow)),
    '',
    ...[...notes, ...(doubt === undefined ? [] : [doubt])].map((note) => `- ${note}`),
    ...(control === undefined
      ? []
      : [`- Control (${control.title}): ${control.isBroken ? 'fails, as it must' : '**does not fail**'}`]),
    '',
    '</details>',
  ]
}
