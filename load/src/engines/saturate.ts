import autocannon from 'autocannon'
import type { Traffic } from '../traffic/traffic.ts'
import { Judge, unanswered } from './judge.ts'
import type { Progress } from './open.ts'
import type { RunResult } from './run-result.ts'
import { SampleSheet } from './samples.ts'
import { watchGenerator } from './self-check.ts'

/** A run by users who each send their next request when the last one is answered: how much a server can do. */
export interface Saturation {
  readonly url: string
  /** Sent once, in its order. */
  readonly traffic: Traffic
  readonly connections: number
  readonly timeoutMs: number
  readonly onProgress?: (progress: Progress) => void
}

/** What a connection of autocannon remembers of the request that it waits for. */
interface Sent {
  place?: number
  sentAt?: number
}

/**
 * Drives a run with autocannon, whose own figures are not used: its histogram knows whole milliseconds only, and no p95. Latency
 * here is that of a closed loop: good for comparing throughput, not for promises to users.
 */
export async function runSaturation({ url, traffic, ...options }: Saturation): Promise<RunResult> {
  const { catalog, order } = traffic
  const judge = new Judge()
  const sheet = new SampleSheet(order.length)
  const waiting = new Set(order.keys())
  const generator = watchGenerator()
  const start = performance.now()
  let next = 0
  let failed = 0

  const setupRequest = (request: autocannon.Request, context: Sent): autocannon.Request => {
    context.place = next++
    context.sentAt = performance.now()
    const entry = catalog[order[context.place % order.length]!]!
    // Headers of its own: autocannon writes the length of a body into those that it is given, and keeps them.
    const fresh = { ...request, path: entry.path, headers: {} }
    return entry.type === 'read'
      ? { ...fresh, method: 'GET', body: Buffer.alloc(0) }
      : { ...fresh, method: entry.method, body: entry.body }
  }

  const onResponse = (status: number, body: string, context: Sent, headers: autocannon.Request['headers']): void => {
    const { place, sentAt } = context as Required<Sent>
    const entry = catalog[order[place]!]!
    const endAt = performance.now()
    const [cache, loadMs] = [String(headers?.['x-cache']), Number(headers?.['x-load-ms'] ?? 0)]
    const answer = { status, cache, loadMs, body: Buffer.from(body), keepsAlive: true }
    const verdict = judge.judge(entry, { type: 'answered', answer, firstByteAt: endAt, endAt }, sentAt)
    const took = endAt - sentAt
    if (verdict.fault !== 'none') failed++
    waiting.delete(place)
    const times = { at: sentAt - start, lag: 0, latency: took, service: took }
    sheet.write(place, { ...verdict, ...times, route: entry.route })
  }

  const progress = setInterval(() => {
    const answered = order.length - waiting.size - failed
    options.onProgress?.({ elapsedMs: performance.now() - start, answered, failed })
  }, 200)
  try {
    const { connections } = options
    const requests = [{ setupRequest, onResponse } as autocannon.Request]
    await autocannon({ url, connections, amount: order.length, timeout: options.timeoutMs / 1_000, requests })
  } finally {
    clearInterval(progress)
  }
  for (const place of waiting) {
    const times = { at: 0, lag: 0, latency: options.timeoutMs, service: options.timeoutMs }
    sheet.write(place, { ...unanswered('timeout'), ...times, route: catalog[order[place]!]!.route })
  }
  return {
    startedAt: performance.timeOrigin + start,
    samples: sheet.samples,
    acknowledged: judge.versions,
    generator: generator.read(),
  }
}
