// pnpm --filter @holdfast/redis scale [--operations 2000] [--write]: what a miss and an invalidation cost a server, by the number of
// processes that listen. `--write` puts the table into docs/reference/scale.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { measure, type Cost, type Row } from './measure.ts'

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: { operations: { type: 'string', default: '2000' }, write: { type: 'boolean', default: false } },
})

const rows: Row[] = []
for (const sessions of [1, 10, 40, 200]) {
  rows.push(await measure(sessions, Number(values.operations)))
  console.log(line(rows.at(-1)!))
}
const [first, last] = [rows[0]!, rows.at(-1)!]
const perSession = (cost: (row: Row) => Cost): string =>
  ((cost(last).cpuMicros - cost(first).cpuMicros) / (last.sessions - first.sessions)).toFixed(2)
const slopes = [
  `Each further session costs the server ${perSession(({ invalidation }) => invalidation)} µs for each invalidation,`,
  `${perSession(({ merged }) => merged)} µs for each key of one that has fifty,`,
  `and ${perSession(({ miss }) => miss)} µs for each miss.`,
].join(' ')
const head = [
  '| sessions | SET | miss | miss, `fleetSingleFlight` | invalidation | one of 50 keys at once |',
  '|---|---|---|---|---|---|',
]
const table = [...head, ...rows.map(line), '', slopes].join('\n')
console.log(`\n${table}`)
if (values.write) {
  const page = new URL('../../../../docs/reference/scale.md', import.meta.url)
  const text = readFileSync(page, 'utf8')
  writeFileSync(
    page,
    text.replace(
      /<!-- measured -->.*<!-- \/measured -->/s,
      () => `<!-- measured -->\n\n${table}\n\n<!-- /measured -->`,
    ),
  )
}

function line({ sessions, set, miss, fleetMiss, invalidation, merged }: Row): string {
  return `| ${[String(sessions), ...[set, miss, fleetMiss, invalidation, merged].map(show)].join(' | ')} |`
}

function show({ cpuMicros, commands, bytesIn, bytesOut }: Cost): string {
  return `${cpuMicros.toFixed(1)} µs, ${commands.toFixed(commands < 1 ? 2 : 1)} commands, ${Math.round(bytesIn)} B in, ${Math.round(bytesOut)} B out`
}
