import type { CatalogEntry } from '../traffic/catalog.ts'
import type { Traffic } from '../traffic/traffic.ts'
import { HttpClient } from './http/client.ts'
import { renderRequest } from './http/render-request.ts'
import { Judge, unanswered } from './judge.ts'
import type { RunResult } from './run-result.ts'
import { SampleSheet, type Sample } from './samples.ts'
import { watchGenerator } from './self-check.ts'

/** A run whose requests leave when they are due, whether or not earlier ones were answered: as users come. */
export interface OpenLoop {
  /** Requests go to these in turn. */
  readonly urls: readonly string[]
  /** Writes go to these in turn. @default urls */
  readonly writeUrls?: readonly string[]
  readonly traffic: Traffic
  /** When each request is due, in milliseconds from the start. */
  readonly arrivals: Float64Array
  /** A request that takes longer has failed; its latency is the time it took. */
  readonly timeoutMs: number
  /** More requests than that on their way, for each URL, are dropped, and counted. */
  readonly maxConnections: number
  /** Told now and then how far it is. */
  readonly onProgress?: (progress: Progress) => void
}

/** How far a run is. */
export interface Progress {
  readonly elapsedMs: number
  readonly answered: number
  readonly failed: number
}

/**
 * Drives a run. Latency counts from the instant at which a request was due, so that what a server does to those who come while it
 * stands still is seen (a closed loop, which waits with it, sees one slow request).
 */
export async function runOpenLoop(options: OpenLoop): Promise<RunResult> {
  const { traffic, arrivals } = options
  const toClients = (urls: readonly string[]): readonly HttpClient[] =>
    urls.map((url) => new HttpClient(url, options.maxConnections))
  const clients = toClients(options.urls)
  const writers = options.writeUrls === undefined ? clients : toClients(options.writeUrls)
  const requests = traffic.catalog.map(renderRequest)
  const judge = new Judge()
  const sheet = new SampleSheet(arrivals.length)
  const generator = watchGenerator()
  const start = performance.now() + 5
  let sent = 0
  let answered = 0
  let failed = 0

  await new Promise<void>((resolve) => {
    const progress = setInterval(() => {
      options.onProgress?.({ elapsedMs: performance.now() - start, answered, failed })
    }, 200)
    options.onProgress?.({ elapsedMs: 0, answered, failed })
    const finish = (): void => {
      clearInterval(progress)
      resolve()
    }
    const pump = (): void => {
      const now = performance.now() - start
      while (sent < arrivals.length && arrivals[sent]! <= now) send(sent++)
      if (sent === arrivals.length) {
        // What is under way ends by its answer or its time-out.
        if (answered + failed === sent) return finish()
        setTimeout(pump, 5)
      } else {
        wakeAt(start + arrivals[sent]!, pump)
      }
    }
    pump()
  })

  for (const client of [...clients, ...writers]) client.close()
  return {
    startedAt: performance.timeOrigin + start,
    samples: sheet.samples,
    acknowledged: judge.versions,
    generator: generator.read(),
  }

  function send(place: number): void {
    const index = traffic.order[place % traffic.order.length]!
    const entry = traffic.catalog[index]!
    const dueAt = start + arrivals[place]!
    const sentAt = performance.now()
    const those = entry.type === 'read' ? clients : writers
    const isSent = those[place % those.length]!.send(requests[index]!, options.timeoutMs, (reply) => {
      const verdict = judge.judge(entry, reply, sentAt)
      note(place, entry, {
        ...verdict,
        lag: sentAt - dueAt,
        latency: reply.endAt - dueAt,
        service: reply.endAt - sentAt,
      })
    })
    if (!isSent) {
      note(place, entry, {
        ...unanswered('dropped'),
        lag: sentAt - dueAt,
        latency: sentAt - dueAt,
        service: 0,
      })
    }
  }

  function note(place: number, { route }: CatalogEntry, sample: Omit<Sample, 'at' | 'route'>): void {
    if (sample.fault === 'none') answered++
    else failed++
    sheet.write(place, { ...sample, at: arrivals[place]!, route })
  }
}

/** Timers are good to a millisecond or two: the last stretch is waited for by turning the event loop. */
function wakeAt(instant: number, wake: () => void): void {
  const ms = instant - performance.now()
  if (ms > 2) setTimeout(wake, ms - 1.5)
  else setImmediate(wake)
}
