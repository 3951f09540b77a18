import { checkNames, type Cache, type ObservedLoad } from '@holdfast/core'
import { context, SpanKind, SpanStatusCode, trace, type Span, type Tracer } from '@opentelemetry/api'
import { checkCache } from './check-cache.ts'
import { callAttributes, conventions, errorType, own, type Attributes } from './otel-attributes.ts'

/** Where OpenTelemetry spans go, and what they tell. */
export interface OtelTracesOptions {
  /** @default the global provider's tracer `@holdfast/monitor` */
  readonly tracer?: Tracer
  /**
   * Puts keys into spans of loads. They may hold personal data.
   *
   * @default false
   */
  readonly keys?: boolean
}

/**
 * Makes a span of each load and of each call of the remote store until the result is disposed of. Spans that a loader makes are children of the
 * load's. A load that several readers wait for, and a call that joins what several asked, belong to the first of them. A hit in memory has no
 * span: it would cost more than the hit.
 */
export function observeTraces(cache: Cache, options: OtelTracesOptions = {}): Disposable {
  checkCache(cache)
  checkNames('options of traces', options, ['tracer', 'keys'])
  const tracer = options.tracer ?? trace.getTracer('@holdfast/monitor')
  return cache.observe({
    load(about, run) {
      const attributes = loadAttributes(cache, about, options.keys ?? false)
      within(tracer.startSpan(`load ${cache.name}`, { kind: SpanKind.INTERNAL, attributes }), run)
    },
    call(about, run) {
      const attributes = callAttributes(cache, about.operation, about.size)
      within(tracer.startSpan(`${about.operation} ${cache.name}`, { kind: SpanKind.CLIENT, attributes }), run)
    },
  })
}

/** Runs with the span as the active one, and ends it. */
function within(span: Span, run: () => Promise<unknown>): void {
  context.with(trace.setSpan(context.active(), span), run).then(
    () => span.end(),
    (error: unknown) => {
      const type = errorType(error)
      span.setAttribute(conventions.errorType, type)
      // Not the message: it may tell of keys and values.
      span.setStatus({ code: SpanStatusCode.ERROR, message: type })
      span.end()
    },
  )
}

function loadAttributes(cache: Cache, { keys, namespace }: ObservedLoad, withKeys: boolean): Attributes {
  return {
    [own.cache]: cache.name,
    [own.namespace]: namespace,
    [own.keys]: keys.length,
    ...(withKeys && keys.length === 1 ? { [own.key]: keys[0]! } : {}),
  }
}
