import type { RemoteInfo, SharedStats, Stats } from '@holdfast/core'

/** What metrics are read from. */
export interface Snapshot {
  readonly stats: Stats
  readonly info: RemoteInfo | undefined
}

/** One value of a metric, with what tells it from the others. */
export interface Point {
  readonly value: number
  readonly labels?: Readonly<Record<string, string>>
}

/** A number that a cache tells. Every one has the label `cache`, its name. */
export interface Metric {
  /** As OpenTelemetry names it; Prometheus' name follows from it. */
  readonly name: string
  /** `counter`: only ever grows, until the process ends. */
  readonly type: 'counter' | 'gauge'
  /** In UCUM, as OpenTelemetry writes it: `By`, `s`, `{entry}`, `1`. */
  readonly unit: string
  readonly help: string
  /** Names of the labels besides `cache`. */
  readonly labels?: readonly string[]
  /** What it is now; nothing where the cache does not know. */
  read(snapshot: Snapshot): readonly Point[]
}

/** A length of time of which the whole distribution is told, in seconds. */
export interface DurationMetric {
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
  read(stats: Stats): readonly { readonly latency: Stats['loadLatency']; readonly labels?: Point['labels'] }[]
}

type Read = (snapshot: Snapshot) => number | undefined | readonly Point[]

function counter(name: string, unit: string, help: string, read: Read, labels?: readonly string[]): Metric {
  return { name, type: 'counter', unit, help, read: points(read), ...(labels && { labels }) }
}

function gauge(name: string, unit: string, help: string, read: Read, labels?: readonly string[]): Metric {
  return { name, type: 'gauge', unit, help, read: points(read), ...(labels && { labels }) }
}

/** Every number that a cache tells, but lengths of time. */
export const metrics: readonly Metric[] = [
  counter(
    'holdfast.hits',
    '{read}',
    'Reads answered from a tier.',
    ({ stats }) => [
      { value: stats.memoryHits, labels: { tier: 'memory' } },
      { value: stats.remoteHits, labels: { tier: 'remote' } },
    ],
    ['tier'],
  ),
  counter('holdfast.misses', '{read}', 'Reads that no tier could answer.', ({ stats }) => stats.misses),
  counter(
    'holdfast.stale_hits',
    '{read}',
    'Hits past their ttl, served because of their grace.',
    ({ stats }) => stats.staleHits,
  ),
  counter('holdfast.loads', '{load}', 'Loaders begun.', ({ stats }) => stats.loads),
  counter(
    'holdfast.load.failures',
    '{load}',
    'Loads that came to nothing: error, timeout, rejected (queue full), late (nobody waited any more).',
    ({ stats }) => [
      { value: stats.loadErrors, labels: { reason: 'error' } },
      { value: stats.loadTimeouts, labels: { reason: 'timeout' } },
      { value: stats.loadsRejected, labels: { reason: 'rejected' } },
      { value: stats.lateLoads, labels: { reason: 'late' } },
    ],
    ['reason'],
  ),
  counter(
    'holdfast.coalesced',
    '{read}',
    'Reads answered by a load or a remote read that another had begun.',
    ({ stats }) => stats.coalesced,
  ),
  counter(
    'holdfast.fleet_waits',
    '{load}',
    'Loads left to another process of the fleet, and waited for.',
    ({ stats }) => stats.fleetWaits,
  ),
  counter('holdfast.refreshes', '{load}', 'Loads begun behind a hit.', ({ stats }) => stats.refreshes),
  gauge('holdfast.loads.running', '{load}', 'Loaders running now.', shared('loadsRunning')),
  gauge('holdfast.loads.queued', '{load}', 'Loads that wait for a place.', shared('loadsQueued')),
  counter('holdfast.sets', '{key}', 'Keys written.', ({ stats }) => stats.sets),
  counter('holdfast.deletes', '{key}', 'Keys deleted.', ({ stats }) => stats.deletes),
  counter(
    'holdfast.invalidations',
    '{call}',
    'Calls of invalidateTags, invalidateMatching, clear and expire.',
    ({ stats }) => stats.invalidations,
  ),
  counter('holdfast.invalidations.heard', '{message}', 'Invalidations heard from other processes.', shared('heard')),
  counter(
    'holdfast.serialization_errors',
    '{error}',
    'Values that could not become bytes, or bytes no value.',
    ({ stats }) => stats.serializationErrors,
  ),
  gauge('holdfast.memory.entries', '{entry}', 'Entries in memory.', shared('memoryEntries')),
  gauge('holdfast.memory.max_entries', '{entry}', 'The bound on entries in memory.', finite('memoryMaxEntries')),
  gauge('holdfast.memory.used', 'By', 'Estimated bytes in memory.', finite('memoryBytes')),
  gauge('holdfast.memory.max', 'By', 'The bound on bytes in memory.', finite('memoryMaxBytes')),
  gauge(
    'holdfast.memory.fallback_entries',
    '{entry}',
    'Entries that live in memory only because the remote store could not take them.',
    shared('fallbackEntries'),
  ),
  counter('holdfast.memory.evictions', '{entry}', 'Entries that memory dropped by itself.', shared('evictions')),
  gauge('holdfast.remote.up', '1', '1 while the remote store can be used, else 0.', ({ stats }) =>
    remoteUp(stats.shared),
  ),
  counter(
    'holdfast.remote.errors',
    '{error}',
    'Calls of the remote store that failed, were refused or not answered in time.',
    ({ stats }) => (stats.shared.remote === undefined ? undefined : stats.shared.remoteErrors),
  ),
  counter(
    'holdfast.remote.timeouts',
    '{call}',
    'Calls of the remote store that were not answered before their deadline.',
    byOperation('timeouts'),
    ['operation'],
  ),
  counter(
    'holdfast.remote.failures',
    '{call}',
    'Calls of the remote store that failed otherwise, or were refused.',
    byOperation('failures'),
    ['operation'],
  ),
  counter(
    'holdfast.remote.gaps',
    '{gap}',
    'Times that nothing of before was believed, because the connection was lost and came back.',
    shared('gaps'),
  ),
  gauge(
    'holdfast.journal.entries',
    '{entry}',
    'Invalidations that wait for the return of the remote store.',
    shared('journalEntries'),
  ),
  gauge(
    'holdfast.breaker.open',
    '1',
    '1 while the breaker lets no call through (open or probing), else 0.',
    ({ stats }) => breakerOpen(stats.shared),
  ),
  counter('holdfast.breaker.openings', '{opening}', 'Times that the breaker opened.', detail('breakerOpened')),
  counter('holdfast.breaker.refusals', '{call}', 'Calls that the open breaker refused.', detail('breakerRefused')),
  gauge('holdfast.server.memory.used', 'By', 'Memory that the Redis server uses, by anybody.', info('usedBytes')),
  gauge(
    'holdfast.server.memory.max',
    'By',
    'maxmemory of the Redis server; absent when it is not bounded.',
    info('maxBytes'),
  ),
  counter(
    'holdfast.server.evictions',
    '{key}',
    'Keys, of anybody, that the Redis server dropped because it was full.',
    info('evictions'),
  ),
  counter(
    'holdfast.server.expirations',
    '{key}',
    'Keys, of anybody, that expired in the Redis server.',
    info('expirations'),
  ),
  counter(
    'holdfast.server.keyspace.hits',
    '{lookup}',
    'Look-ups in the Redis server, by anybody, that found a key.',
    info('keyspaceHits'),
  ),
  counter(
    'holdfast.server.keyspace.misses',
    '{lookup}',
    'Look-ups in the Redis server, by anybody, that found none.',
    info('keyspaceMisses'),
  ),
  gauge('holdfast.server.clients', '{client}', 'Connections to the Redis server.', info('clients')),
  gauge('holdfast.server.uptime', 's', 'How long the Redis server has been running.', info('uptimeSeconds')),
]

/** Lengths of time. */
export const durations: readonly DurationMetric[] = [
  {
    name: 'holdfast.load.duration',
    help: 'How long loaders took that returned.',
    read: (stats) => [{ latency: stats.loadLatency }],
  },
  {
    name: 'holdfast.remote.call.duration',
    help: 'How long calls of the remote store took; a batch is one call, one that was not answered counts with its deadline.',
    labels: ['operation'],
    read: (stats) =>
      Object.entries(stats.shared.remoteCalls).map(([operation, latency]) => ({ latency, labels: { operation } })),
  },
]

const unitWords: Readonly<Record<string, string>> = { By: '_bytes', s: '_seconds' }

/** The name that Prometheus gives a metric, by OpenTelemetry's rules for it. */
export function prometheusName({
  name,
  type,
  unit,
}: Pick<Metric, 'name' | 'unit'> & { readonly type: string }): string {
  return `${name.replaceAll('.', '_')}${unitWords[unit] ?? ''}${type === 'counter' ? '_total' : ''}`
}

function points(read: Read): Metric['read'] {
  return (snapshot) => {
    const value = read(snapshot)
    if (value === undefined) return []
    return typeof value === 'number' ? [{ value }] : value
  }
}

type NumberOf<T> = { [K in keyof T]-?: T[K] extends number | undefined ? K : never }[keyof T]

function shared(name: NumberOf<SharedStats>): Read {
  return ({ stats }) => stats.shared[name]
}

/** As `shared`, for what may be unbounded. */
function finite(name: NumberOf<SharedStats>): Read {
  return ({ stats }) => {
    const value = stats.shared[name]
    return value === undefined || !Number.isFinite(value) ? undefined : value
  }
}

function info(name: NumberOf<RemoteInfo>): Read {
  return (snapshot) => snapshot.info?.[name]
}

function detail(name: string): Read {
  return ({ stats }) => {
    const value = stats.shared.remote?.details?.[name]
    return typeof value === 'number' ? value : undefined
  }
}

function byOperation(name: 'timeouts' | 'failures'): Read {
  return ({ stats }) =>
    Object.entries(stats.shared.remoteCalls).map(([operation, calls]) => ({
      value: calls[name],
      labels: { operation },
    }))
}

function remoteUp({ remote }: SharedStats): number | undefined {
  // One that tells no state is there until its calls fail.
  return remote === undefined ? undefined : Number(remote.state === undefined || remote.state === 'ready')
}

function breakerOpen({ remote }: SharedStats): number | undefined {
  const state = remote?.details?.['breaker']
  return state === undefined ? undefined : Number(state !== 'closed')
}
