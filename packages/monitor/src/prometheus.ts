import { checkMethods, checkNames, InvalidOptionError, type Cache, type HistogramSummary } from '@holdfast/core'
import { Registry, type Metric as PromMetric } from 'prom-client'
import { checkCache } from './check-cache.ts'
import { durations, metrics, prometheusName, type DurationMetric, type Metric, type Point } from './metric.ts'
import { Scrape } from './scrape.ts'

/** Where metrics go, and what they carry. */
export interface PrometheusOptions {
  /**
   * A registry of prom-client that the metrics join, such as its `register`. Several calls may share it.
   *
   * @default one of its own
   */
  readonly registry?: Registry
  /**
   * Asks the remote store's server for its own figures at each scrape, in one round trip.
   *
   * @default true
   */
  readonly serverInfo?: boolean
}

/** The metrics of caches as Prometheus scrapes them. */
export interface PrometheusMetrics extends Disposable {
  readonly registry: Registry
  /** Everything in the registry, as text. */
  text(): Promise<string>
  /** For the `content-type` of the answer. */
  readonly contentType: string
  /** Answers a scrape. */
  handle(): Promise<Response>
  /** Takes its caches out of the registry; the last one takes the metrics with it. */
  close(): void
}

/**
 * Makes one cache, or several, scrapable by Prometheus. Nothing is counted twice: a scrape reads the cache's own counters. Called again
 * with the same registry it adds its caches to those that are there.
 *
 * @throws {InvalidOptionError} for what is no cache, for two of one name, which no label would tell apart, and for a registry that has
 *   metrics of these names from elsewhere
 */
export function prometheus(caches: Cache | readonly Cache[], options: PrometheusOptions = {}): PrometheusMetrics {
  const all = Array.isArray(caches) ? (caches as readonly Cache[]) : [caches as Cache]
  for (const cache of all) checkCache(cache)
  checkNames('options of prometheus', options, ['registry', 'serverInfo'])
  const registry = options.registry === undefined ? new Registry() : checkRegistry(options.registry)
  const leave = join(registry, all, options.serverInfo ?? true)
  return {
    registry,
    contentType: registry.contentType,
    text: () => registry.metrics(),
    handle: async () =>
      new Response(await registry.metrics(), {
        headers: { 'content-type': registry.contentType, 'cache-control': 'no-store' },
      }),
    close: leave,
    [Symbol.dispose]: leave,
  }
}

/** Our metrics in a registry, and the caches that they tell of. */
interface Joined {
  readonly scrape: Scrape
  readonly metrics: readonly Collected[]
  readonly names: readonly string[]
}

const joinedTo = new WeakMap<Registry, Joined>()

/** @returns takes the caches out again, and with the last one the metrics */
function join(registry: Registry, caches: readonly Cache[], asksServer: boolean): () => void {
  const known = joinedTo.get(registry)
  // Whoever clears a registry takes out our metrics as well.
  const isThere = known !== undefined && metricIn(registry, known.names[0]!) === known.metrics[0]
  const joined = isThere ? known : collect()
  const leave = joined.scrape.add(caches, asksServer)
  if (!isThere) register(registry, joined)
  return () => {
    leave()
    if (!joined.scrape.isEmpty || joinedTo.get(registry) !== joined) return
    joinedTo.delete(registry)
    for (const name of joined.names) registry.removeSingleMetric(name)
  }
}

function collect(): Joined {
  const scrape = new Scrape()
  const collectedMetrics = [
    ...metrics.map((metric) => plain(metric, scrape)),
    ...durations.map((each) => histogram(each, scrape)),
  ]
  return { scrape, metrics: collectedMetrics, names: collectedMetrics.map(({ name }) => name) }
}

function register(registry: Registry, joined: Joined): void {
  const taken = joined.names.find((name) => metricIn(registry, name) !== undefined)
  if (taken !== undefined)
    throw new InvalidOptionError(
      `Expected a registry without a metric \`${taken}\`, got one that has it from elsewhere, such as another copy of @holdfast/monitor: give \`registry: new Registry()\`.`,
    )
  for (const metric of joined.metrics) registry.registerMetric(metric as unknown as PromMetric)
  joinedTo.set(registry, joined)
}

function metricIn(registry: Registry, name: string): unknown {
  return registry.getSingleMetric(name)
}

function checkRegistry(registry: Registry): Registry {
  const methods = ['registerMetric', 'getSingleMetric', 'removeSingleMetric', 'metrics'] as const
  return checkMethods('registry', registry, methods, 'It is a `Registry` of prom-client, such as its `register`.')
}

interface Values {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly aggregator: 'sum'
  readonly values: readonly (Point & { readonly metricName?: string })[]
}

/** A metric as prom-client collects it. It has no class for what is counted elsewhere. */
interface Collected {
  /** prom-client takes the ending `_total` off where it speaks OpenMetrics. */
  name: string
  readonly help: string
  readonly type: string
  readonly aggregator: 'sum'
  get(): Promise<Values>
  /** Counters of a cache begin with its process: there is nothing to reset. */
  reset(): void
}

function plain(metric: Metric, scrape: Scrape): Collected {
  return collected(prometheusName(metric), metric.type, metric.help, async () =>
    (await scrape.look()).flatMap(([cache, snapshot]) =>
      metric.read(snapshot).map(({ value, labels }) => ({ value, labels: { cache, ...labels } })),
    ),
  )
}

function histogram(duration: DurationMetric, scrape: Scrape): Collected {
  const name = prometheusName({ name: duration.name, unit: 's', type: 'histogram' })
  return collected(name, 'histogram', duration.help, async () =>
    (await scrape.look()).flatMap(([cache, { stats }]) =>
      duration.read(stats).flatMap(({ latency, labels }) => series(name, latency, { cache, ...labels })),
    ),
  )
}

function collected(name: string, type: string, help: string, values: () => Promise<Values['values']>): Collected {
  const made: Collected = {
    name,
    help,
    type,
    aggregator: 'sum',
    get: async () => ({ name: made.name, help, type, aggregator: 'sum', values: await values() }),
    reset: () => undefined,
  }
  return made
}

/** From 64 µs to 33.6 s, each twice the one before: ends of buckets of the cache's own, so that they are exact. */
export const bucketEndsMs: readonly number[] = Array.from({ length: 20 }, (_, index) => 2 ** (index + 6) / 1_000)

function series(
  name: string,
  { buckets, count, sumMs }: HistogramSummary,
  labels: Readonly<Record<string, string>>,
): (Point & { readonly metricName: string })[] {
  const upTo = (endMs: number): number =>
    buckets.reduce((sum, bucket) => (bucket.upToMs <= endMs * 1.000_001 ? sum + bucket.count : sum), 0)
  const bucket = (le: string, value: number): Point & { readonly metricName: string } => ({
    metricName: `${name}_bucket`,
    labels: { ...labels, le },
    value,
  })
  return [
    ...bucketEndsMs.map((endMs) => bucket(String(endMs / 1_000), upTo(endMs))),
    bucket('+Inf', count),
    { metricName: `${name}_sum`, labels, value: sumMs / 1_000 },
    { metricName: `${name}_count`, labels, value: count },
  ]
}
