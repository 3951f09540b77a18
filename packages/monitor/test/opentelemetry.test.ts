import { context, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type MetricData,
} from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace'
import * as semconv from '@opentelemetry/semantic-conventions'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { durations, metrics } from '../src/metric.ts'
import { conventions } from '../src/otel-attributes.ts'
import { observeMetrics, observeTraces } from '../src/opentelemetry.ts'
import { stage, traffic } from './support/stage.ts'

describe('OpenTelemetry metrics', () => {
  let exporter: InMemoryMetricExporter
  let provider: MeterProvider
  beforeEach(() => {
    exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] })
  })
  afterEach(() => provider.shutdown())

  async function collect(): Promise<ReadonlyMap<string, MetricData>> {
    exporter.reset()
    await provider.forceFlush()
    const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
    return new Map(all.map((metric) => [metric.descriptor.name, metric]))
  }

  it('are the same numbers that Prometheus gets, collected by a real SDK', async () => {
    const staged = stage({ ttl: '1h' })
    const { cache, clock, store } = staged
    store.info_ = {
      usedBytes: 500,
      maxBytes: 1_000,
      evictions: 1,
      expirations: 1,
      keyspaceHits: 1,
      keyspaceMisses: 1,
      clients: 1,
      uptimeSeconds: 1,
    }
    using _observing = observeMetrics(cache, { meter: provider.getMeter('test') })
    const written = cache.set('hot', 1)
    await clock.advance(0)
    await written
    await traffic(staged, 3, 2)
    const loaded = cache.getOrSet('loaded', () => 1)
    await clock.advance(0)
    await loaded

    const collected = await collect()

    const expected = [...metrics, ...durations].map(({ name }) => name)
    expect([...collected.keys()].toSorted()).toEqual([...expected, 'db.client.operation.duration'].toSorted())
    expect(collected.get('holdfast.hits')!.dataPoints.map(({ value, attributes }) => [value, attributes])).toEqual([
      [3, { 'holdfast.cache.name': 'shop', tier: 'memory' }],
      [0, { 'holdfast.cache.name': 'shop', tier: 'remote' }],
    ])
    expect(collected.get('holdfast.server.memory.used')).toMatchObject({
      descriptor: { unit: 'By' },
      dataPoints: [{ value: 500 }],
    })
    expect(collected.get('holdfast.load.duration')!.dataPoints[0]!.value).toMatchObject({ count: 1 })
  })

  it('tell each remote call by the conventions for database clients', async () => {
    const { cache, clock, store } = stage()
    using _observing = observeMetrics(cache, { meter: provider.getMeter('test'), serverInfo: false })
    const read = cache.getMany(['a', 'b'])
    await clock.advance(0)
    await read
    store.state = 'away'
    const failing = cache.get('c')
    await clock.advance(0)
    await failing

    const { descriptor, dataPoints } = (await collect()).get('db.client.operation.duration')!
    expect(descriptor).toMatchObject({ unit: 's' })
    const shared = {
      'holdfast.cache.name': 'shop',
      'db.system.name': 'redis',
      'db.operation.name': 'getMany',
      'server.address': 'localhost',
      'server.port': 6379,
    }
    expect(dataPoints.map(({ attributes }) => attributes)).toEqual([
      { ...shared, 'db.operation.batch.size': 2 },
      { ...shared, 'error.type': 'ERR_HOLDFAST_REMOTE_UNAVAILABLE' },
    ])
  })

  it('end with their result', async () => {
    const { cache, clock } = stage()
    const observing = observeMetrics(cache, { meter: provider.getMeter('test') })
    observing[Symbol.dispose]()
    const read = cache.get('a')
    await clock.advance(0)
    await read

    expect([...(await collect()).keys()]).toEqual([])
  })

  it('use names that the conventions have', () => {
    const published = new Set(Object.values(semconv))

    expect(Object.values(conventions).filter((name) => !published.has(name))).toEqual([])
  })
})

describe('OpenTelemetry traces', () => {
  let exporter: InMemorySpanExporter
  let provider: TracerProvider
  let tracer: Tracer
  beforeEach(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    exporter = new InMemorySpanExporter()
    provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
    tracer = provider.getTracer('test')
  })
  afterEach(async () => {
    context.disable()
    await provider.shutdown()
  })

  const spans = (): readonly ReadableSpan[] => exporter.getFinishedSpans()
  const named = (name: string): ReadableSpan => spans().find((span) => span.name === name)!

  it('make the loader’s own spans children of the load, and that a child of its reader', async () => {
    const { cache, clock } = stage()
    using _observing = observeTraces(cache, { tracer })
    await tracer.startActiveSpan('request', async (request) => {
      const read = cache.namespace('users').getOrSet('42', async () =>
        tracer.startActiveSpan('SELECT users', async (query) => {
          query.end()
          return 'Ada'
        }),
      )
      await clock.advance(0)
      expect(await read).toBe('Ada')
      request.end()
    })

    const id = (name: string): string => named(name).spanContext().spanId
    expect(named('SELECT users').parentSpanContext?.spanId).toBe(id('load shop'))
    expect(named('load shop').parentSpanContext?.spanId).toBe(id('request'))
    expect(named('getMany shop').parentSpanContext?.spanId).toBe(id('request'))
    expect(named('load shop').attributes).toEqual({
      'holdfast.cache.name': 'shop',
      'holdfast.namespace': 'users',
      'holdfast.key.count': 1,
    })
    expect(named('getMany shop').attributes).toMatchObject({
      'db.system.name': 'redis',
      'db.operation.name': 'getMany',
    })
  })

  it('tell that a load failed by the type of its error, and keep its message and the key to themselves', async () => {
    const { cache, clock } = stage()
    using _observing = observeTraces(cache, { tracer })
    const read = cache.getOrSet('user:ada@example.com', () => Promise.reject(new TypeError('no ada@example.com')))
    await Promise.all([expect(read).rejects.toThrow(TypeError), clock.advance(0)])

    const span = named('load shop')
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'TypeError' })
    expect(span.attributes['error.type']).toBe('TypeError')
    expect(JSON.stringify([span.attributes, span.events, span.status])).not.toContain('ada@')
  })

  it('name the key where that is asked for', async () => {
    const { cache, clock } = stage()
    using _observing = observeTraces(cache, { tracer, keys: true })
    const read = cache.getOrSet('user:42', () => 1)
    await clock.advance(0)
    await read

    expect(named('load shop').attributes['holdfast.key']).toBe('user:42')
  })

  it('are none for a hit in memory, and none when nobody provides a tracer', async () => {
    const { cache, clock } = stage({ remote: undefined })
    using _observing = observeTraces(cache, { tracer })
    using _nothing = observeTraces(cache)
    await Promise.all([cache.set('key', 1), clock.advance(0)])
    exporter.reset()

    expect(await cache.get('key')).toBe(1)
    expect(spans()).toEqual([])
    expect(trace.getActiveSpan()).toBeUndefined()
  })
})
