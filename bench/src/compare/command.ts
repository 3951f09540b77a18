import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { describeEnvironment } from '../engine/environment.ts'
import { lockHost } from '../engine/lock.ts'
import { choosePinning, type Pinning } from '../engine/pin.ts'
import { type BenchRedis, openRedis } from '../engine/redis-server.ts'
import { git, repositoryRoot } from '../engine/repository.ts'
import { runChild } from '../engine/run-child.ts'
import type { Effort } from '../engine/slice.ts'
import { installedVersion } from '../engine/versions.ts'
import { ExitCode, UsageError } from '../exit.ts'
import { peerNames } from '../peers/registry.ts'
import { paint } from '../report/paint.ts'
import { showProgress } from '../report/progress.ts'
import { formatDuration } from '../report/units.ts'
import { type Case, peerOf } from '../suites/case.ts'
import { selectCases } from '../suites/catalog.ts'
import { checkPeers, type Faults } from './conformance.ts'
import { renderCase, renderGoals } from './print.ts'
import { compareHtml, compareMarkdown } from './reports.ts'
import type { CaseResult, CompareResult } from './result.ts'
import { type Replicate, summarizeCase } from './summarize.ts'

export const compareHelp = `pnpm bench [filter…]       Holdfast and others, as ratios of one interleaved run

  filter                       an exact id (memory.get) or a glob (redis.*); also --filter
  --peers all                  or some of ${peerNames.filter((name) => !name.startsWith('holdfast')).join(', ')}
  --runs 7 --time 200          processes a case; milliseconds of measuring a contender in each
  --quick                      the main cases and peers in under 20 s; rough
  --json f --md f --html f     reports
  --head <folder>              the checkout that is measured (default: this one)
  --pin auto|none|<cpu>        where the measured process stays
  --list                       the cases`

interface Plan {
  readonly cases: readonly Case[]
  readonly runs: number
  readonly timeMs: number
  readonly effort: Effort
  /** A machine under load gets fewer processes a case, at least one, rather than more time. */
  readonly budgetMs: number
}

/** Peers of a quick run: the floors, and the nearest relative. */
const quickPeers = new Set(['map', 'lru-cache', 'ioredis', 'ioredis-auto', 'json', 'msgpackr', 'bentocache'])
const quickBudgetMs = 15_000

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

interface Wanted {
  readonly peers: readonly string[] | undefined
  readonly runs: number | undefined
  readonly timeMs: number | undefined
}

function fullPlan(cases: readonly Case[], { peers, runs = 7, timeMs = 200 }: Wanted): Plan {
  const chosen = cases.map((bench) => restrict(bench, (name) => peers === undefined || peers.includes(name)))
  return { cases: chosen, runs, timeMs, effort: { warmMs: 120, sliceMs: 5 }, budgetMs: Number.POSITIVE_INFINITY }
}

/** Divides the budget over the main cases, or over those that were named. */
function quickPlan(cases: readonly Case[], { peers, runs = 2, timeMs }: Wanted): Plan {
  const some = cases.some(({ isQuick }) => isQuick) ? cases.filter(({ isQuick }) => isQuick) : cases
  const chosen = some.map((bench) =>
    restrict(bench, (name) => (peers === undefined ? quickPeers.has(name) : peers.includes(name))),
  )
  const contenders = chosen.reduce((sum, bench) => sum + bench.contenders.length, 0)
  // What a process costs besides: its start, its modules, its connections.
  const overheadMs = chosen.length * runs * 450
  const each = Math.max(30, (quickBudgetMs - overheadMs) / (contenders * runs))
  return {
    cases: chosen,
    runs,
    timeMs: timeMs ?? each * 0.4,
    effort: { warmMs: each * 0.4, sliceMs: 2 },
    budgetMs: quickBudgetMs,
  }
}

/** A case with the yardstick, ours and the wanted peers only. */
function restrict(bench: Case, isWanted: (peer: string) => boolean): Case {
  const needed = new Set([bench.baseline, ...(bench.goals ?? []).map(({ against }) => against)])
  return {
    ...bench,
    contenders: bench.contenders.filter(
      (name) => name.startsWith('holdfast') || needed.has(name) || isWanted(peerOf(name)),
    ),
  }
}

async function runCompare(plan: Plan, pinning: Pinning, root: string): Promise<CompareResult> {
  const started = Date.now()
  using _lock = await lockHost(10 * 60_000, (line) => console.error(line))
  await using redis = plan.cases.some(({ needsRedis }) => needsRedis) ? await openRedis(pinning) : undefined
  const environment = describeEnvironment(pinning, redis?.version)
  console.log(
    paint(
      'dim',
      `${environment.cpu} × ${environment.cpuCount}, Node ${environment.node}${redis ? `, Redis ${redis.version}` : ''}; ${plan.runs} processes a case`,
    ),
  )
  console.log()
  const faults = await checkPeers(plan.cases, root, redis, pinning)
  const cases: CaseResult[] = []
  for (const [at, bench] of plan.cases.entries()) {
    const result = await runCase(
      bench,
      {
        plan,
        pinning,
        redis,
        root,
        faults,
        endsAt: Date.now() + (plan.budgetMs - (Date.now() - started)) / (plan.cases.length - at),
      },
      at,
    )
    cases.push(result)
    console.log(renderCase(result))
  }
  console.log(paint('dim', `took ${formatDuration(Date.now() - started)}`))
  return {
    schema: 'holdfast.bench.compare.v1',
    startedAt: new Date(started).toISOString(),
    durationMs: Date.now() - started,
    commit: git(['rev-parse', 'HEAD'], root),
    runs: plan.runs,
    timeMs: plan.timeMs,
    environment,
    versions: Object.fromEntries(libraries.map((name) => [name, installedVersion(name)])),
    cases,
  }
}

const libraries = [
  'ioredis',
  'redis',
  'msgpackr',
  'lru-cache',
  'node-cache',
  'bentocache',
  'cacheable',
  'cache-manager',
  'async-cache-dedupe',
  'tinybench',
]

interface Surroundings {
  readonly plan: Plan
  readonly pinning: Pinning
  readonly redis: BenchRedis | undefined
  readonly root: string
  readonly faults: Faults
  readonly endsAt: number
}

async function runCase(
  bench: Case,
  { plan, pinning, redis, root, faults, endsAt }: Surroundings,
  at: number,
): Promise<CaseResult> {
  const progress = showProgress()
  const replicates: Replicate[] = []
  const unable: Record<string, string> = {}
  for (const name of bench.contenders) {
    const found = faults.get(`${peerOf(name)} ${bench.tier}`)
    if (found) unable[name] = `does not do what it is compared for: ${found.join('; ')}`
  }
  for (let replicate = 0; replicate < plan.runs; replicate++) {
    if (replicate > 0 && Date.now() > endsAt) break
    progress.show(`${bench.id} (${at + 1} of ${plan.cases.length}): process ${replicate + 1} of ${plan.runs}`)
    if (bench.needsRedis) await redis?.command('FLUSHALL')
    await runChild(
      {
        type: 'compare',
        caseId: bench.id,
        contenders: bench.contenders.filter((name) => unable[name] === undefined),
        root,
        redisUrl: redis?.url ?? '',
        effort: plan.effort,
        timeMs: plan.timeMs,
        replicate,
      },
      pinning,
      (message) => {
        if (message.type === 'samples') replicates.push(message)
        if (message.type === 'unable') unable[message.contender] = message.reason
      },
    )
  }
  progress.clear()
  return summarizeCase(bench, replicates, unable)
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
