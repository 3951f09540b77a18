import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { choosePinning } from '../engine/pin.ts'
import { repositoryRoot } from '../engine/repository.ts'
import { ExitCode, UsageError } from '../exit.ts'
import { peerNames } from '../peers/registry.ts'
import { paint } from '../report/paint.ts'
import type { Case } from '../suites/case.ts'
import { selectCases } from '../suites/catalog.ts'
import { fullPlan, quickPlan } from './plan.ts'
import { renderGoals } from './print.ts'
import { compareHtml, compareMarkdown } from './reports.ts'
import { runCompare } from './run.ts'

export const compareHelp = `pnpm bench [filter…]       Holdfast and others, as ratios of one interleaved run

  filter                       an exact id (memory.get) or a glob (redis.*); also --filter
  --peers all                  or some of ${peerNames.filter((name) => !name.startsWith('holdfast')).join(', ')}
  --runs 7 --time 200          processes a case; milliseconds of measuring a contender in each
  --quick                      the main cases and peers in under 20 s; rough
  --json f --md f --html f     reports
  --head <folder>              the checkout that is measured (default: this one)
  --pin auto|none|<cpu>        where the measured process stays
  --list                       the cases`

export async function compareCommand(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      filter: { type: 'string', multiple: true },
      peers: { type: 'string', default: 'all' },
      runs: { type: 'string' },
      time: { type: 'string' },
      quick: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      json: { type: 'string' },
      md: { type: 'string' },
      html: { type: 'string' },
      head: { type: 'string', default: repositoryRoot },
      pin: { type: 'string', default: 'auto' },
    },
  })
  const selected = selectCases([...positionals, ...(values.filter ?? [])])
  if (values.list) {
    console.log(
      values.json === undefined
        ? listOf(selected)
        : JSON.stringify(
            selected.map(({ id, title }) => ({ id, title })),
            null,
            2,
          ),
    )
    return ExitCode.pass
  }
  const wanted = {
    peers: parsePeers(values.peers),
    runs: parseNumber('runs', values.runs),
    timeMs: parseNumber('time', values.time),
  }
  const plan = values.quick ? quickPlan(selected, wanted) : fullPlan(selected, wanted)
  const result = await runCompare(plan, choosePinning(values.pin), resolve(values.head))
  console.log(renderGoals(result))
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 1)}\n`)
  if (values.md !== undefined) writeFileSync(values.md, compareMarkdown(result))
  if (values.html !== undefined) writeFileSync(values.html, compareHtml(result))
  return ExitCode.pass
}

function listOf(cases: readonly Case[]): string {
  const longest = Math.max(...cases.map(({ id }) => id.length))
  return cases
    .map(
      ({ id, title, contenders }) =>
        `${paint('bold', id.padEnd(longest))}  ${title}\n${' '.repeat(longest)}  ${paint('dim', contenders.join(', '))}`,
    )
    .join('\n')
}

function parsePeers(text: string): readonly string[] | undefined {
  if (text === 'all') return undefined
  const peers = text.split(',').map((name) => name.trim())
  const unknown = peers.find((name) => !peerNames.includes(name))
  if (unknown !== undefined) throw new UsageError(`There is no peer ${unknown}. There are ${peerNames.join(', ')}.`)
  return peers
}

function parseNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new UsageError(`Expected \`--${name}\` to be a positive whole number, got ${text}.`)
}
