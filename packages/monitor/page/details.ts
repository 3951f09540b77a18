import type { DashboardState } from '../src/dashboard/state.ts'
import { byId, el, say } from './dom.ts'
import { bytes, count, ms, none, percent, span, time } from './format.ts'
import { Table } from './table.ts'

/** Names and what they are now. */
class Facts {
  readonly element: HTMLElement
  readonly #list = el('dl')
  readonly #values = new Map<string, HTMLElement>()

  constructor(title: string) {
    this.element = el('article', { class: 'card' }, el('h3', {}, title), this.#list)
  }

  show(facts: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(facts)) {
      let known = this.#values.get(name)
      if (known === undefined) {
        known = el('dd')
        this.#values.set(name, known)
        this.#list.append(el('dt', {}, name), known)
      }
      say(known, value)
    }
  }
}

const memory = new Facts('Memory')
const remote = new Facts('Remote store')
const repair = new Facts('Breaker, journal and sessions')
const calls = new Table(
  'Remote calls by method',
  'since start; a batch is one call',
  [
    { title: 'Method' },
    { title: 'Calls', isNumber: true },
    { title: 'p50', isNumber: true },
    { title: 'p95', isNumber: true },
    { title: 'p99', isNumber: true },
    { title: 'Not answered', isNumber: true },
    { title: 'Failed', isNumber: true },
  ],
  'No call yet.',
)
const rules = new Table(
  'Rules',
  '',
  [{ title: 'Rule' }, { title: 'State' }, { title: 'What it found', isWide: true }, { title: 'Since', isNumber: true }],
  'No rule is watched.',
)
const fired = new Table(
  'Fired and cleared',
  '',
  [
    { title: 'Alert' },
    { title: 'Fired', isNumber: true },
    { title: 'Cleared', isNumber: true },
    { title: 'What was found', isWide: true },
  ],
  'Nothing has fired since the dashboard was made.',
)

export function buildDetails(): void {
  byId('tiers').append(memory.element, remote.element, repair.element)
  byId('tiers').after(calls.element)
  calls.element.id = 'calls'
  scrollable(calls.element, 'Remote calls by method')
  scrollable(byId('alerts'), 'Rules and what fired')
  byId('alerts').append(...rules.element.childNodes, ...fired.element.childNodes)
}

/** On a narrow screen it scrolls by itself, by the keyboard too. */
function scrollable(element: HTMLElement, label: string): void {
  for (const [name, value] of Object.entries({ tabindex: '0', role: 'region', 'aria-label': label }))
    element.setAttribute(name, value)
}

export function showDetails(state: DashboardState): void {
  showMemory(state)
  showRemote(state)
  calls.show(
    state.calls.map(({ operation, count: made, p50Ms, p95Ms, p99Ms, timeouts, failures }) => [
      operation,
      count(made),
      ms(p50Ms),
      ms(p95Ms),
      ms(p99Ms),
      count(timeouts),
      count(failures),
    ]),
  )
  rules.show(
    state.rules.map(({ title, state: now, message, since, severity }) => [
      title,
      el(
        'span',
        {
          class: 'badge',
          'data-level': { firing: severity === 'critical' ? 'bad' : 'warn', quiet: 'good', waiting: 'none' }[now],
        },
        now,
      ),
      message,
      since === undefined ? none : span(state.at - since),
    ]),
  )
  fired.show(
    state.alerts.map(({ title, firedAt, clearedAt, message }) => [
      title,
      time(firedAt),
      clearedAt === undefined ? none : time(clearedAt),
      message,
    ]),
  )
}

function showMemory({ totals }: DashboardState): void {
  const { shared } = totals
  memory.show({
    Entries: `${count(shared.memoryEntries)}${shared.memoryMaxEntries ? ` of ${count(shared.memoryMaxEntries)}` : ''}`,
    Bytes: `${bytes(shared.memoryBytes)}${shared.memoryMaxBytes ? ` of ${bytes(shared.memoryMaxBytes)}` : ''}`,
    Hits: count(totals.memoryHits),
    'Stale hits': count(totals.staleHits),
    'Dropped by itself': count(shared.evictions),
    'Only here (fallback)': count(shared.fallbackEntries),
    'Reads that shared a load': count(totals.coalesced),
    'Loads, p50 / p95 / p99': `${ms(totals.loadLatency.p50Ms)} / ${ms(totals.loadLatency.p95Ms)} / ${ms(totals.loadLatency.p99Ms)}`,
    'Loads failed': count(totals.loadErrors + totals.loadTimeouts + totals.loadsRejected),
  })
}

function showRemote({ totals, remote: store }: DashboardState): void {
  const { shared } = totals
  if (store === undefined) {
    remote.show({ State: 'there is none' })
    repair.show({ Breaker: none, Journal: count(shared.journalEntries) })
    return
  }
  const { details = {}, info = {} } = store
  const { keyspaceHits = 0, keyspaceMisses = 0 } = info
  remote.show({
    State: store.state ?? 'not told',
    Server: `${store.name} ${String(details['version'] ?? '')}`.trim(),
    Address: String(details['address'] ?? none),
    Hits: count(totals.remoteHits),
    'Coherence by': store.coherence,
    'Keyspace hit ratio':
      keyspaceHits + keyspaceMisses === 0 ? none : percent(keyspaceHits / (keyspaceHits + keyspaceMisses)),
    'Evicted keys': count(info.evictions),
    'When full': info.evictionPolicy ?? none,
    Connections: count(info.clients),
    Uptime: info.uptimeSeconds === undefined ? none : span(info.uptimeSeconds * 1_000),
  })
  repair.show({
    Breaker: String(details['breaker'] ?? 'none'),
    'Breaker opened': count(details['breakerOpened'] as number | undefined),
    'Calls it refused': count(details['breakerRefused'] as number | undefined),
    'Journal (waits for Redis)': count(shared.journalEntries),
    'Sessions opened': count(details['sessions'] as number | undefined),
    Gaps: count(shared.gaps),
    'Heard from others': count(shared.heard),
    'Remote errors': count(shared.remoteErrors),
    'Latest cause': String(details['cause'] ?? none),
  })
}
