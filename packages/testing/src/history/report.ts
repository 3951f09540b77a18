import type { HistoryFault } from './faults.ts'
import type { History } from './history.ts'
import type { Verdict, Violation } from './judge.ts'
import { Lateness } from './lateness.ts'
import { shortestStory } from './story.ts'
import type { HistoryMode } from './worker-messages.ts'

/** How a history was made, to make it again. */
export interface HistoryRecipe {
  readonly seed: number
  readonly seconds: number
  readonly workers: number
  readonly mode: HistoryMode
  readonly faults: readonly HistoryFault[]
  readonly topology: 'server' | 'cluster' | 'sentinels'
  readonly cacheModule: string
}

/** What was found in the rounds of a history. */
export class HistoryReport {
  readonly recipe: HistoryRecipe
  reads = 0
  invalidations = 0
  rounds = 0
  /** How often each fault was done. */
  readonly faults: Map<string, number> = new Map()
  /** How often each operation was called, by its name. */
  readonly operations: Map<string, number> = new Map()
  readonly counts: Record<Violation['type'], number> = { LOCAL: 0, REMOTE: 0, FOREIGN: 0, LASTING: 0, FAILURE: 0 }
  /** How late reads were for others' invalidations, while all was well. */
  readonly lateness: Lateness = new Lateness()
  /** The same where a fault or a cut-off was touched. */
  readonly latenessInFaults: Lateness = new Lateness()
  /** The shortest history that shows a violation, of the first round that has one; empty when none has. */
  story: readonly string[] = []
  /** The last round in one line. */
  lastLine = ''

  constructor(recipe: HistoryRecipe) {
    this.recipe = recipe
  }

  get violations(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0)
  }

  /** The whole text when something is wrong, else nothing: `expect(report.complaint).toBe('')`. */
  get complaint(): string {
    return this.violations === 0 ? '' : this.text
  }

  /** Adds a round. */
  add(history: History, verdict: Verdict): void {
    this.rounds += 1
    this.reads += verdict.reads
    this.lateness.addAll(verdict.lateness)
    this.latenessInFaults.addAll(verdict.latenessInFaults)
    for (const { name } of history.faults) count(this.faults, name)
    for (const { path } of history.reads) count(this.operations, path)
    for (const { path, ack } of history.invalidations) {
      if (ack < this.#lastAck) continue
      this.invalidations += 1
      count(this.operations, path.split(' ')[0]!)
    }
    this.#lastAck = Math.max(this.#lastAck, ...history.invalidations.map(({ ack }) => ack))
    for (const type of Object.keys(this.counts) as Violation['type'][]) this.counts[type] += verdict.counts[type]
    if (this.story.length === 0) this.story = shortestStory(history, verdict.violations)
    const faults = history.faults.map(({ name }) => name).join(', ')
    this.lastLine = `round ${this.rounds}: ${verdict.reads} reads, ${showCounts(verdict.counts)}; ${faults === '' ? 'calm' : faults}`
  }

  #lastAck = 0

  /** Everything, for people. */
  get text(): string {
    const lines = [
      `${this.reads} reads, ${this.invalidations} invalidations, ${sum(this.faults)} faults in ${this.rounds} rounds, seed ${this.recipe.seed}`,
      showCounts(this.counts),
      `operations: ${showMap(this.operations)}`,
      `faults: ${showMap(this.faults)}`,
      ...showLateness("reads that missed another's invalidation, all being well", this.lateness),
      ...showLateness('the same, touching a fault or a cut-off', this.latenessInFaults),
    ]
    if (this.story.length > 0) lines.push('', ...this.story, '', `again: ${this.#command}`)
    return lines.join('\n')
  }

  get #command(): string {
    const { seed, seconds, workers, mode, faults, cacheModule } = this.recipe
    const options = { seed, seconds, workers, mode, faults: faults.join(',') || 'none', module: cacheModule }
    const words = Object.entries(options).map(([name, value]) => `--${name} ${value}`)
    return `pnpm --filter @holdfast/testing history ${words.join(' ')}`
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0)
}

function showCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([type, count]) => `${type} ${count}`)
    .join(' · ')
}

function showMap(counts: ReadonlyMap<string, number>): string {
  if (counts.size === 0) return 'none'
  const sorted = [...counts].toSorted(([, a], [, b]) => b - a)
  return sorted.map(([name, count]) => `${name} ${count}`).join(' · ')
}

function showLateness(title: string, lateness: Lateness): readonly string[] {
  if (lateness.count === 0) return [`${title}: none`]
  const [p50, p99] = [lateness.quantile(0.5), lateness.quantile(0.99)]
  return [
    `${title}: ${lateness.count}; late by p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(1)} ms, max ${lateness.maxMs.toFixed(1)} ms`,
    ...lateness.lines(),
  ]
}
