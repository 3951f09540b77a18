import { checkNames, type Cache } from '@holdfast/core'
import { metrics as api, ValueType, type Histogram, type Meter, type Observable } from '@opentelemetry/api'
import { checkCache } from './check-cache.ts'
import { durations, metrics, type Metric } from './metric.ts'
import { callAttributes, conventions, errorType, own, type Attributes } from './otel-attributes.ts'
import { serverInfo } from './sample.ts'

/** Where OpenTelemetry metrics go. */
export interface OtelMetricsOptions {
  /** @default the global provider's meter `@holdfast/monitor` */
  readonly meter?: Meter
  /**
   * Asks the remote store's server for its own figures at each collection, in one round trip.
   *
   * @default true
   */
  readonly serverInfo?: boolean
}

/** The boundaries that the conventions give for lengths of time of a database client, in seconds. */
const boundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]

/**
 * Tells a cache's metrics to OpenTelemetry until the result is disposed of. Counters are read when they are collected; lengths of time
 * are recorded as loads and remote calls end, the latter as `db.client.operation.duration` too.
 */
export function observeMetrics(cache: Cache, options: OtelMetricsOptions = {}): Disposable {
  checkCache(cache)
  checkNames('options of metrics', options, ['meter', 'serverInfo'])
  const meter = options.meter ?? api.getMeter('@holdfast/monitor')
  const stopReading = readCounters(cache, meter, options.serverInfo ?? true)
  const timing = cache.observe(timers(cache, meter))
  return {
    [Symbol.dispose]: () => {
      stopReading()
      timing[Symbol.dispose]()
    },
  }
}

function readCounters(cache: Cache, meter: Meter, asksServer: boolean): () => void {
  const instruments = metrics.map((metric) => [metric, instrument(meter, metric)] as const)
  const observables = instruments.map(([, observable]) => observable)
  const read = async (result: {
    observe(what: Observable, value: number, attributes: Attributes): void
  }): Promise<void> => {
    const stats = cache.stats()
    const snapshot = { stats, info: asksServer ? await serverInfo(cache, stats) : undefined }
    for (const [metric, observable] of instruments)
      for (const { value, labels } of metric.read(snapshot))
        result.observe(observable, value, { [own.cache]: cache.name, ...labels })
  }
  meter.addBatchObservableCallback(read, observables)
  return () => meter.removeBatchObservableCallback(read, observables)
}

function instrument(meter: Meter, { name, type, unit, help }: Metric): Observable {
  const options = { unit, description: help, valueType: ValueType.DOUBLE }
  return type === 'counter' ? meter.createObservableCounter(name, options) : meter.createObservableGauge(name, options)
}

function timers(cache: Cache, meter: Meter): Parameters<Cache['observe']>[0] {
  const histogram = (name: string, description: string): Histogram =>
    meter.createHistogram(name, {
      unit: 's',
      description,
      valueType: ValueType.DOUBLE,
      advice: { explicitBucketBoundaries: boundaries },
    })
  const [load, call] = durations.map(({ name, help }) => histogram(name, help))
  const operation = histogram(conventions.operationDuration, 'Duration of database client operations.')
  const labels = { [own.cache]: cache.name }
  return {
    load(_, run) {
      time(run, (seconds, error) => {
        if (error === undefined) load!.record(seconds, labels)
      })
    },
    call({ operation: name, size }, run) {
      time(run, (seconds, error) => {
        const failed = error === undefined ? {} : { [conventions.errorType]: errorType(error) }
        call!.record(seconds, { ...labels, operation: name, ...failed })
        operation.record(seconds, { ...callAttributes(cache, name, size), ...failed })
      })
    },
  }
}

function time(run: () => Promise<unknown>, done: (seconds: number, error: unknown) => void): void {
  const from = performance.now()
  const seconds = (): number => (performance.now() - from) / 1_000
  run().then(
    () => done(seconds(), undefined),
    (error: unknown) => done(seconds(), error ?? new Error('rejected with nothing')),
  )
}
