import type { HistoryPoint } from '../src/dashboard/history.ts'
import type { DashboardState } from '../src/dashboard/state.ts'
import { Chart } from './chart.ts'
import { byId, el, say } from './dom.ts'
import { bytes, count, ms, none, percent } from './format.ts'

type Level = 'good' | 'warn' | 'bad'

/** A number that one looks at first. */
class Tile {
  readonly element: HTMLElement
  readonly #value = el('span', { class: 'value' }, none)
  readonly #note = el('span', { class: 'note' })
  readonly #bar: HTMLElement | undefined

  constructor(label: string, hasBar = false) {
    this.#bar = hasBar ? el('i') : undefined
    this.element = el('div', { class: 'card tile' }, el('span', { class: 'label' }, label), this.#value, this.#note)
    if (this.#bar !== undefined) this.element.append(el('div', { class: 'bar', 'aria-hidden': 'true' }, this.#bar))
  }

  show(value: string, note: string, level: Level = 'good', share?: number): void {
    say(this.#value, value)
    say(this.#note, note)
    this.element.dataset['level'] = level
    if (this.#bar === undefined) return
    this.#bar.style.width = `${Math.min(100, (share ?? 0) * 100)}%`
    this.#bar.parentElement!.dataset['level'] = level
  }
}

const tiles = {
  hits: new Tile('Hit ratio, 5 min'),
  reads: new Tile('Reads per second'),
  latency: new Tile('Remote calls, p95'),
  loads: new Tile('Loads per second'),
  memory: new Tile('Memory tier', true),
  redis: new Tile('Redis memory', true),
}

const charts = [
  new Chart('Hit ratio', [{ label: 'hits', read: (point) => point.hitRatio }], percent, 1),
  new Chart(
    'Reads per second',
    [
      { label: 'memory', read: (point) => point.memoryHits },
      { label: 'remote', read: (point) => point.remoteHits },
      { label: 'misses', read: (point) => point.misses },
    ],
    (value) => count(value ?? undefined),
  ),
  new Chart(
    'Remote calls, how long',
    [
      { label: 'p50', read: (point) => point.remoteP50Ms },
      { label: 'p95', read: (point) => point.remoteP95Ms },
      { label: 'p99', read: (point) => point.remoteP99Ms },
    ],
    ms,
  ),
  new Chart(
    'Loads and failures per second',
    [
      { label: 'loads', read: (point) => point.loads },
      { label: 'failed loads', read: (point) => point.loadFailures },
      { label: 'failed remote calls', read: (point) => point.remoteFailures },
    ],
    (value) => count(value ?? undefined),
  ),
]

export function buildOverview(): void {
  byId('tiles').append(...Object.values(tiles).map(({ element }) => element))
  byId('charts').append(...charts.map(({ element }) => element))
}

export function showOverview(state: DashboardState): void {
  showHealth(state)
  showTiles(state)
  for (const chart of charts) chart.draw(state.history)
}

function showHealth({ cache, health }: DashboardState): void {
  document.title = `${health.status === 'healthy' ? '' : '⚠ '}${cache} – Holdfast`
  say(byId('name'), cache)
  say(byId('status'), health.status)
  byId('status').dataset['level'] = { healthy: 'good', degraded: 'warn', unhealthy: 'bad' }[health.status]
  const problems = byId('problems')
  problems.hidden = health.problems.length === 0
  const text = health.problems.join(' ')
  if (problems.textContent !== text) problems.replaceChildren(el('p', {}, text))
}

function showTiles({ history, totals, remote, health }: DashboardState): void {
  const sum = (read: (point: HistoryPoint) => number): number => history.reduce((all, point) => all + read(point), 0)
  const reads = sum((point) => point.reads)
  const misses = sum((point) => point.misses)
  const last = history.at(-1)
  const ratio = reads === 0 ? null : 1 - misses / reads
  tiles.hits.show(
    percent(ratio),
    `${percent(totals.hitRatio)} since start`,
    ratio !== null && ratio < 0.8 ? 'warn' : 'good',
  )
  tiles.reads.show(count(last?.reads), `${count(totals.hits + totals.misses)} since start`)
  const p95 = last?.remoteP95Ms ?? null
  const ping = health.latencyMs === undefined ? 'no answer to PING' : `PING ${ms(health.latencyMs)}`
  tiles.latency.show(
    ms(p95),
    remote === undefined ? 'no remote store' : ping,
    p95 !== null && p95 > 100 ? 'bad' : 'good',
  )
  tiles.loads.show(
    count(last?.loads),
    `${count(totals.shared.loadsRunning)} running, ${count(totals.shared.loadsQueued)} waiting`,
  )
  const { memoryBytes, memoryMaxBytes, memoryEntries, memoryMaxEntries } = totals.shared
  const isBytes = memoryBytes !== undefined && memoryMaxBytes !== undefined && memoryMaxBytes !== null
  const share = isBytes ? memoryBytes / memoryMaxBytes : memoryEntries / (memoryMaxEntries ?? Infinity)
  const bound = isBytes
    ? `${bytes(memoryBytes)} of ${bytes(memoryMaxBytes)}`
    : `of ${count(memoryMaxEntries ?? undefined)} entries`
  tiles.memory.show(count(memoryEntries), bound, 'good', share)
  const { usedBytes, maxBytes } = remote?.info ?? {}
  const used = usedBytes === undefined || maxBytes === undefined ? undefined : usedBytes / maxBytes
  const ofMax =
    maxBytes === undefined ? (usedBytes === undefined ? 'not told' : 'no maxmemory') : `of ${bytes(maxBytes)}`
  tiles.redis.show(bytes(usedBytes), ofMax, used !== undefined && used > 0.8 ? 'bad' : 'good', used)
}
