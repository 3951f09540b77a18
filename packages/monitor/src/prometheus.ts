import { InvalidOptionError, type Cache, type HistogramSummary } from '@holdfast/core'
import { Registry, type Metric as PromMetric } from 'prom-client'
import {
  durations,
  metrics,
  prometheusName,
  type DurationMetric,
  type Metric,
  type Point,
  type Snapshot,
} from './metric.ts'
import { serverInfo } from './sample.ts'

/** Where metrics go, and what they carry. */
export interface PrometheusOptions {
  /**
   * A registry of prom-client that the metrics join, such as its `register`.
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
  /** Takes its metrics out of the registry. */
  close(): void
}

/**
 * Makes one cache, or several, scrapable by Prometheus. Nothing is counted twice: a scrape reads the cache's own counters.
 *
 * @throws {InvalidOptionError} for two caches of one name, which no label would tell apart
 */
export function prometheus(caches: Cache | readonly Cache[], options: PrometheusOptions = {}): PrometheusMetrics {
  const all = Array.isArray(caches) ? (caches as readonly Cache[]) : [caches as Cache]
  const names = all.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined)
    throw new InvalidOptionError(`Expected each cache to have a name of its own, got ${JSON.stringify(twice)} twice.`)
  const registry = options.registry ?? new Registry()
  const scrape = new Scrape(all, options.serverInfo ?? true)
  const collected = [
    ...metrics.map((metric) => plain(metric, scrape)),
    ...durations.map((each) => histogram(each, scrape)),
  ]
  const registered = collected.map((metric) => metric.name)
  for (const metric of collected) registry.registerMetric(metric as unknown as PromMetric)
  const close = (): void => {
    for (const name of registered) registry.removeSingleMetric(name)
  }
  return {
    registry,
    contentType: registry.contentType,
    text: () => registry.metrics(),
    handle: async () =>
      new Response(await registry.metrics(), {
        headers: { 'content-type': registry.contentType, 'cache-control': 'no-store' },
      }),
    close,
    [Symbol.dispose]: close,
  }
}

/** What the metrics of one scrape share: one look at each cache. */
class Scrape {
  readonly #caches: readonly Cache[]
  readonly #asksServer: boolean
  #looking: Promise<readonly (readonly [name: string, snapshot: Snapshot])[]> | undefined

  constructor(caches: readonly Cache[], asksServer: boolean) {
    this.#caches = caches
    this.#asksServer = asksServer
  }

  look(): Promise<readonly (readonly [name: string, snapshot: Snapshot])[]> {
    // A registry asks all its metrics in one tick.
    this.#looking ??= Promise.all(this.#caches.map((cache) => this.#snapshot(cache))).finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #snapshot(cache: Cache): Promise<readonly [string, Snapshot]> {
    const stats = cache.stats()
    return [cache.name, { stats, info: this.#asksServer ? await serverInfo(cache, stats) : undefined }]
  }
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
