import { PerformanceObserver } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'

import { Redis } from 'ioredis'

import type { Case, Runner } from '../suites/case.ts'
import { warmUp } from './slice.ts'

/** What one operation costs in things that can be counted: the same on every machine, with no noise to speak of. */
export interface Counts {
  /** How many operations were counted at once. */
  readonly operations: number
  /** Redis commands, by name and in all. */
  readonly commands?: Readonly<Record<string, number>>
  readonly commandsInAll?: number
  /** Bytes that Redis received and sent. */
  readonly bytesOnWire?: number
  readonly loads?: number
  /** Statements that a database ran, where there is one. */
  readonly queries?: number
  /** Bytes allocated on the heap; absent where repeated measurements disagree. */
  readonly allocated?: number
}

const repeats = 3
const settleMs = 40

/** Counts one runner. Heartbeats and the like only ever add, so the least of some repeats is what the operations did. */
export async function countRunner(bench: Case, runner: Runner, redisUrl: string): Promise<Counts> {
  const step = bench.step ?? 1
  await runner.run(step * 20)
  if (bench.needsRedis) return countRedis(bench, runner, redisUrl)
  const loadsBefore = runner.loads?.()
  const operations = step * 200
  await runner.run(operations)
  const loads = loadsBefore === undefined ? undefined : ((runner.loads?.() ?? 0) - loadsBefore) / operations
  const allocated = await countAllocations(runner, step)
  return { operations, ...(loads === undefined ? {} : { loads }), ...(allocated === undefined ? {} : { allocated }) }
}

async function countRedis(bench: Case, runner: Runner, redisUrl: string): Promise<Counts> {
  const admin = new Redis(redisUrl)
  try {
    const rounds: Counts[] = []
    const operations = (bench.step ?? 1) * 100
    for (let i = 0; i < repeats; i++) {
      await sleep(settleMs)
      await admin.config('RESETSTAT')
      const before = await admin.info('stats')
      const loads = runner.loads?.()
      await runner.run(operations)
      // What goes on behind the answers belongs to them.
      await sleep(settleMs)
      const after = await admin.info('stats')
      const commands = perOperation(await admin.info('commandstats'), operations)
      rounds.push({
        operations,
        commands,
        commandsInAll: Object.values(commands).reduce((sum, calls) => sum + calls, 0),
        bytesOnWire: (bytesOf(after) - bytesOf(before) - replyBytes(before) - requestBytes) / operations,
        ...(loads === undefined ? {} : { loads: ((runner.loads?.() ?? 0) - loads) / operations }),
      })
    }
    return rounds.reduce(least)
  } finally {
    admin.disconnect()
  }
}

const requestBytes = '*2\r\n$4\r\ninfo\r\n$5\r\nstats\r\n'.length

/** The reply that we asked for ourselves, as it went over the wire. */
function replyBytes(info: string): number {
  return Buffer.byteLength(info) + `$${Buffer.byteLength(info)}\r\n\r\n`.length
}

function bytesOf(info: string): number {
  const field = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0)
  return field('total_net_input_bytes') + field('total_net_output_bytes')
}

const ownCommands = new Set(['info', 'config|resetstat', 'config'])

function perOperation(commandstats: string, operations: number): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const [, name = '', calls] of commandstats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)) {
    if (!ownCommands.has(name)) counts[name] = Number(calls) / operations
  }
  return counts
}

function least(one: Counts, other: Counts): Counts {
  return (one.commandsInAll ?? 0) + (one.bytesOnWire ?? 0) / 1e6 <=
    (other.commandsInAll ?? 0) + (other.bytesOnWire ?? 0) / 1e6
    ? one
    : other
}

/** Rounds of measuring allocations, until one agrees with itself. */
const attempts = 4

/** Heap growth per operation, without a collection meanwhile; `undefined` when the measurements of no round agree. */
async function countAllocations(runner: Runner, step: number): Promise<number | undefined> {
  let collections = 0
  const observer = new PerformanceObserver((list) => (collections += list.getEntries().length))
  observer.observe({ entryTypes: ['gc'] })
  try {
    for (let attempt = 0; attempt < attempts; attempt++) {
      // Optimised code allocates less: warm it well, then look.
      await warmUp([runner.run], { warmMs: 200, sliceMs: 5 }, step)
      const seen: number[] = []
      for (let i = 0; i < 5; i++) {
        globalThis.gc?.()
        observer.takeRecords()
        collections = 0
        const before = process.memoryUsage().heapUsed
        await runner.run(step * 2_000)
        const grown = process.memoryUsage().heapUsed - before
        if (observer.takeRecords().length + collections === 0) seen.push(grown / (step * 2_000))
      }
      seen.sort((a, b) => a - b)
      const [smallest = Number.NaN, , middle = Number.NaN] = seen
      if (middle - smallest <= Math.max(4, smallest * 0.02)) return Math.max(0, smallest)
    }
    return undefined
  } finally {
    observer.disconnect()
  }
}
