import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { repositoryRoot } from '../engine/repository.ts'
import { ExitCode, UsageError } from '../exit.ts'
import { paint } from '../report/paint.ts'
import { renderTable } from '../report/table.ts'
import { type Cell, compareCell, policies, summarize } from './compare.ts'
import { workloads } from './generators.ts'
import type { Policy } from './policies/policy.ts'
import { drawHitRates } from './picture.ts'
import { readTraces } from './trace-file.ts'
import type { Trace } from './trace.ts'

export const hitrateHelp = `pnpm bench hitrate      hit rates of our memory tier and others, on traces

  --trace <file|folder|name>   repeatable; a file of \`key\` or \`key,size\` lines (.gz too), a folder of such files, or one of
                               ${workloads.map(({ name }) => name).join(', ')} (default: the traces
                               in ../shared/traces, where that folder is, otherwise all of these)
  --sizes 0.5%,1%,5%,10%,25%   cache sizes in percent of the unique keys
  --policies all               or some of ${policies.map(({ name }) => name).join(', ')}
  --seed 1                     of the generators
  --svg <file>  --json <file>  the curves as a picture, the figures as JSON`

/** Recorded traces, beside the repository where they are kept. */
const realTraces = join(repositoryRoot, '..', 'shared', 'traces')

/** The goals of the memory tier over all cells, in points; printed when all policies that they speak of were run. */
const goals = { toBelady: 7.8, overLruCache: 5.5, worst: -1.5 }

export async function hitrateCommand(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      trace: { type: 'string', multiple: true },
      sizes: { type: 'string', default: '0.5%,1%,5%,10%,25%' },
      policies: { type: 'string', default: 'all' },
      seed: { type: 'string', default: '1' },
      svg: { type: 'string' },
      json: { type: 'string' },
    },
  })
  const seed = parseSeed(values.seed)
  const shares = values.sizes.split(',').map(parseShare)
  const chosen = parsePolicies(values.policies)
  const cells: Cell[] = []
  for (const trace of openTraces(values.trace, seed)) {
    const title = `${trace.name}: ${trace.requests.length.toLocaleString('en')} requests, ${trace.unique.toLocaleString('en')} keys`
    const found = shares.map((share) => compareCell(trace, share, chosen))
    cells.push(...found)
    console.log(`${paint('bold', title)}\n${renderCells(found, chosen)}\n`)
  }
  printSummary(cells, chosen)
  const names = chosen.map(({ name }) => name)
  if (values.svg !== undefined) writeFileSync(values.svg, drawHitRates(cells, names))
  if (values.json !== undefined) {
    writeFileSync(
      values.json,
      `${JSON.stringify({ schema: 'holdfast.hitrate.v1', seed, cells, summary: summarize(cells, chosen) }, null, 2)}\n`,
    )
  }
  return ExitCode.pass
}

function* openTraces(sources: readonly string[] | undefined, seed: number): Iterable<Trace> {
  if (sources === undefined) {
    if (existsSync(realTraces)) yield* readTraces(realTraces)
    else for (const workload of workloads) yield workload.generate(seed)
    return
  }
  for (const source of sources) {
    const workload = workloads.find(({ name }) => name === source)
    if (workload && !existsSync(source)) yield workload.generate(seed)
    else yield* readTraces(source)
  }
}

function parseSeed(text: string): number {
  const seed = Number(text)
  if (Number.isSafeInteger(seed) && seed >= 0) return seed
  throw new UsageError(`Expected \`--seed\` to be a whole number of at least 0, got ${text}.`)
}

function renderCells(cells: readonly Cell[], chosen: readonly Policy[]): string {
  const rows = cells.map((cell) => [
    `${cell.share * 100} %`,
    cell.capacity.toLocaleString('en'),
    ...chosen.map(({ name }) => (cell.rates[name] ?? 0).toFixed(2)),
  ])
  const columns = ['size', 'entries', ...chosen.map(({ name }) => name)]
  return renderTable(
    columns.map((title) => ({ title, align: 'right' })),
    rows,
  )
}

function printSummary(cells: readonly Cell[], chosen: readonly Policy[]): void {
  const names = chosen.map(({ name }) => name)
  if (!names.includes('belady') || !names.includes('lru-cache')) return
  const signed = (points: number): string => (points >= 0 ? '+' : '') + points.toFixed(2)
  const summary = summarize(cells, chosen)
  console.log(
    renderTable(
      [
        { title: 'policy' },
        { title: 'below belady', align: 'right' },
        { title: 'over lru-cache', align: 'right' },
        { title: 'worst cell', align: 'right' },
      ],
      summary.map((row) => [row.policy, row.toBelady.toFixed(2), signed(row.overLruCache), signed(row.worst)]),
    ),
  )
  const ours = summary.find(({ policy }) => policy === 'holdfast')
  if (!ours) return
  const met = (holds: boolean): string => (holds ? paint('green', 'met') : paint('yellow', 'missed'))
  console.log(
    [
      `\ngoals, meant for the real traces: below belady ≤ ${goals.toBelady}: ${met(ours.toBelady <= goals.toBelady)}`,
      `over lru-cache ≥ ${signed(goals.overLruCache)}: ${met(ours.overLruCache >= goals.overLruCache)}`,
      `worst cell ≥ ${goals.worst}: ${met(ours.worst >= goals.worst)}`,
    ].join(' · '),
  )
}

function parseShare(text: string): number {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text.trim())?.[1]
  if (percent === undefined || Number(percent) <= 0)
    throw new UsageError(`Expected \`--sizes\` like 1%,5%,10%, got ${text}.`)
  return Number(percent) / 100
}

function parsePolicies(text: string): readonly Policy[] {
  if (text === 'all') return policies
  return text.split(',').map((name) => {
    const policy = policies.find((candidate) => candidate.name === name.trim())
    if (!policy)
      throw new UsageError(`There is no policy ${name}. There are ${policies.map((one) => one.name).join(', ')}.`)
    return policy
  })
}
