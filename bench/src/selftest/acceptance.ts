import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

import { UsageError } from '../exit.ts'
import { paint } from '../report/paint.ts'
import { renderTable } from '../report/table.ts'
import { formatDuration, formatRatio } from '../report/units.ts'
import { filters, folder, original, runGate, tail } from './live-gate.ts'
import { mutations, plantMutation } from './mutant.ts'
import { recompute } from './recompute.ts'

/** A claim about the gate that is tried on real runs. */
interface Acceptance {
  readonly name: string
  readonly title: string
  readonly run: (live: number) => Promise<string | undefined> | string | undefined
}

/** One synchronous bench, one asynchronous and one with Redis: what the sentinels are, too. */
const trio = ['memory.store10k', 'memory.get', 'redis.get']

const acceptance: readonly Acceptance[] = [
  {
    name: 'equal',
    title: 'a commit against itself passes, every time, and the sentinels are right',
    run(live) {
      for (let i = 0; i < live; i++) {
        const run = runGate(`equal-${i}`, ['--against', original(), '--head', original(), ...filters(trio)])
        if (run.code !== 0) return tail(run)
        if (run.result?.sentinels.some(({ isRight }) => !isRight)) return 'a sentinel was wrong'
      }
      return undefined
    },
  },
  {
    name: 'injected',
    title:
      'a fifth more work fails, every time, in the bench that has it and in no other, and is measured as 1.12 to 1.28',
    run(live) {
      for (let i = 0; i < live; i++) {
        const id = trio[i % trio.length] ?? ''
        const run = runGate(`injected-${i}`, [
          '--against',
          original(),
          '--head',
          original(),
          ...filters(trio),
          '--inject',
          `${id}:1.2`,
        ])
        if (run.code !== 1) return tail(run)
        for (const bench of run.result?.benches ?? []) {
          if ((bench.outcome === 'fail') !== (bench.id === id))
            return `${bench.id} was ${bench.outcome} while ${id} had more work`
          const { ratio } = bench.centre
          if (bench.id === id && (ratio < 1.12 || ratio > 1.28)) return `${id} was measured as ${formatRatio(ratio)}`
        }
      }
      return undefined
    },
  },
  {
    name: 'clone',
    title: 'a JSON clone in get fails',
    run() {
      const run = runGate('clone', [
        '--against',
        original(),
        '--head',
        plantMutation(original(), mutations.clone),
        ...filters(['memory.get']),
      ])
      return run.code === 1 && run.result?.benches[0]?.outcome === 'fail' ? undefined : tail(run)
    },
  },
  {
    name: 'round-trip',
    title: 'one more round trip fails by its count alone',
    run() {
      const run = runGate('round-trip', [
        '--against',
        original(),
        '--head',
        plantMutation(original(), mutations.roundTrip),
        ...filters(['redis.get']),
      ])
      const isCounted = run.result?.counts.some(
        ({ rule, outcome }) => rule.field === 'commandsInAll' && outcome === 'fail',
      )
      return run.code === 1 && isCounted ? undefined : tail(run)
    },
  },
  {
    name: 'closure',
    title: 'one closure and object more per hit fails by its allocations',
    run() {
      const run = runGate('closure', [
        '--against',
        original(),
        '--head',
        plantMutation(original(), mutations.closure),
        ...filters(['memory.getOrSet']),
      ])
      const isCounted = run.result?.counts.some(({ rule, outcome }) => rule.field === 'allocated' && outcome === 'fail')
      return run.code === 1 && isCounted ? undefined : tail(run)
    },
  },
  {
    name: 'improvement',
    title: 'less work passes, and is called an improvement',
    run() {
      const run = runGate('improvement', [
        '--against',
        plantMutation(original(), mutations.clone),
        '--head',
        original(),
        ...filters(['memory.get']),
      ])
      return run.code === 0 && run.result?.benches[0]?.outcome === 'improved' ? undefined : tail(run)
    },
  },
  {
    name: 'busy',
    title: 'beside busy loops on every processor the verdict is a pass or untrusted, never a regression',
    run() {
      const loops = Array.from({ length: availableParallelism() }, () =>
        spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
      )
      try {
        const run = runGate('busy', ['--against', original(), '--head', original(), ...filters(trio)])
        return run.code === 0 || run.code === 3 ? undefined : tail(run)
      } finally {
        for (const loop of loops) stop(loop)
      }
    },
  },
  {
    name: 'broken-sentinel',
    title: 'a sentinel that cannot see makes the run untrusted',
    run() {
      const run = runGate(
        'broken-sentinel',
        ['--against', original(), '--head', original(), ...filters(['memory.get'])],
        { BENCH_BREAK_SENTINEL: '1' },
      )
      return run.code === 3 ? undefined : tail(run)
    },
  },
  {
    name: 'swap',
    title: 'base and head swapped give the inverse ratio, within 5 %',
    run() {
      const mutant = plantMutation(original(), mutations.clone)
      const forth = runGate('swap-forth', ['--against', original(), '--head', mutant, ...filters(['memory.get'])])
      const back = runGate('swap-back', ['--against', mutant, '--head', original(), ...filters(['memory.get'])])
      const product = (forth.result?.benches[0]?.centre.ratio ?? 0) * (back.result?.benches[0]?.centre.ratio ?? 0)
      return Math.abs(product - 1) <= 0.05 ? undefined : `the product is ${product.toFixed(3)}`
    },
  },
  {
    name: 'recomputed',
    title: 'the bounds can be computed again from the JSON, by numpy where it is there',
    run() {
      const run = runGate('recomputed', ['--against', original(), '--head', original(), ...filters(['memory.get'])])
      return run.result ? recompute(join(folder, 'recomputed.json')) : tail(run)
    },
  },
  {
    name: 'throwing',
    title: 'a bench that throws, lacks its method or has no such name never passes',
    run() {
      const throwing = runGate('throwing', [
        '--against',
        original(),
        '--head',
        plantMutation(original(), mutations.throwing),
        ...filters(['memory.get']),
      ])
      if (throwing.code !== 1) return `throwing: ${tail(throwing)}`
      const missing = runGate('missing', [
        '--against',
        original(),
        '--head',
        plantMutation(original(), mutations.missing),
        ...filters(['memory.getOrSet']),
      ])
      if (missing.code !== 1) return `missing: ${tail(missing)}`
      const unknown = runGate('unknown', ['--against', 'HEAD', '--filter', 'no.such.bench'])
      return unknown.code === 2 ? undefined : `unknown: ${tail(unknown)}`
    },
  },
  {
    name: 'reports',
    title: 'the page needs no network, the XML is well formed, the Markdown fits into a step summary',
    run() {
      const run = runGate('reports', ['--against', original(), '--head', original(), ...filters(trio)])
      if (!run.result) return tail(run)
      const read = (ending: string): string => readFileSync(join(folder, `reports.${ending}`), 'utf8')
      if (
        /(?:src|href)=|@import|url\(/.test(
          read('html').replaceAll(/<script type="application\/json".*<\/script>/gs, ''),
        )
      )
        return 'the page refers to something outside'
      const tests = read('junit').match(/<testcase /g)?.length
      if (tests === undefined || !read('junit').includes(`tests="${tests}"`)) return 'the XML does not count its tests'
      return Buffer.byteLength(read('md')) < 64 * 1024 ? undefined : 'the Markdown is too large'
    },
  },
]

function stop(child: ChildProcess): void {
  child.kill('SIGKILL')
}

/** Runs the acceptance tests and prints a table; true when all hold. */
export async function runAcceptance(live: number, only: readonly string[]): Promise<boolean> {
  const unknown = only.find((name) => acceptance.every((one) => one.name !== name))
  if (unknown !== undefined)
    throw new UsageError(
      `There is no acceptance test ${unknown}. There are ${acceptance.map(({ name }) => name).join(', ')}.`,
    )
  const rows: string[][] = []
  let isAccepted = true
  for (const { name, title, run } of acceptance) {
    if (only.length > 0 && !only.includes(name)) continue
    const started = Date.now()
    const fault = await run(live)
    if (fault !== undefined) isAccepted = false
    console.error(`${fault === undefined ? 'holds' : 'BROKEN'}  ${name}${fault === undefined ? '' : `: ${fault}`}`)
    rows.push([
      fault === undefined ? paint('green', 'holds') : paint('red', 'broken'),
      title,
      formatDuration(Date.now() - started),
      fault ?? '',
    ])
  }
  console.log(renderTable([{ title: '' }, { title: 'claim' }, { title: 'took', align: 'right' }, { title: '' }], rows))
  return isAccepted
}
