import type { Cache, Clock, Invalidation, RemoteInfo } from '@holdfast/core'
import type { Alerts } from '../alerts.ts'
import { health, type Health } from '../health.ts'
import { serverInfo } from '../sample.ts'
import { History } from './history.ts'
import { KeyRing } from './key-ring.ts'
import type { DashboardState, SeenInvalidationOf } from './state.ts'

const everyMs = 2_000
const historyPoints = 150
const windowTicks = 30
const mostShown = 12
const mostInvalidations = 12

/** What a dashboard knows of a cache. It observes from the beginning, so that whoever opens the page sees the last minutes. */
export class CacheWatch {
  readonly #cache: Cache
  readonly #clock: Clock
  readonly #alerts: Alerts
  readonly #history = new History(historyPoints)
  readonly #read = new KeyRing(4_096, windowTicks)
  readonly #loaded = new KeyRing(2_048, windowTicks)
  readonly #watching: readonly Disposable[]
  #invalidations: readonly SeenInvalidationOf[] = []
  #timer: unknown
  #asked: { readonly at: number; readonly answer: Promise<Asked> } | undefined

  constructor(cache: Cache, clock: Clock, alerts: Alerts) {
    this.#cache = cache
    this.#clock = clock
    this.#alerts = alerts
    const ring = this.#read
    this.#watching = [
      cache.observe({ read: (key, namespace) => ring.see(key, namespace) }),
      cache.on('load', ({ key, namespace, durationMs }) => this.#loaded.see(key, namespace, durationMs)),
      cache.on('invalidated', ({ what, origin }) => this.#invalidated(what, origin)),
    ]
    this.#tick()
  }

  /** What the page shows. @param withKeys names of keys and tags too */
  async state(withKeys: boolean): Promise<Omit<DashboardState, 'access'>> {
    const { health: healthNow, info } = await this.#ask()
    const stats = this.#cache.stats()
    const { remoteCalls, remote, ...shared } = stats.shared
    const { buckets: _, ...loadLatency } = stats.loadLatency
    return {
      cache: this.#cache.name,
      at: this.#clock.now(),
      health: healthNow,
      history: this.#history.points,
      totals: { ...stats, loadLatency, shared },
      remote: remote && { ...remote, info },
      calls: Object.entries(remoteCalls).map(([operation, { buckets: __, ...calls }]) => ({ operation, ...calls })),
      rules: this.#alerts.status(),
      alerts: this.#alerts.history().slice(0, mostShown),
      ...(withKeys && {
        keys: {
          windowSeconds: (windowTicks * everyMs) / 1_000,
          oneIn: this.#read.stride,
          total: this.#read.total(),
          read: this.#read.top(mostShown),
          loaded: this.#loaded.top(mostShown),
        },
        tags: this.#cache.tags(mostShown),
        invalidations: this.#invalidations,
      }),
    }
  }

  close(): void {
    this.#clock.clearTimer(this.#timer)
    for (const watching of this.#watching) watching[Symbol.dispose]()
  }

  #tick(): void {
    this.#history.add(this.#clock.now(), this.#cache.stats())
    this.#read.tick()
    this.#loaded.tick()
    this.#timer = this.#clock.setTimer(() => this.#tick(), everyMs)
  }

  /** What takes a round trip, once for all who look within the same second. */
  #ask(): Promise<Asked> {
    const now = this.#clock.now()
    if (this.#asked === undefined || now - this.#asked.at >= 1_000) this.#asked = { at: now, answer: this.#askNow() }
    return this.#asked.answer
  }

  async #askNow(): Promise<Asked> {
    const healthNow = await health(this.#cache)
    return { health: healthNow, info: await serverInfo(this.#cache, this.#cache.stats()) }
  }

  #invalidated(what: Invalidation, origin: 'local' | 'remote'): void {
    const names =
      what.type === 'keys' || what.type === 'tags' ? what.names : what.type === 'pattern' ? [what.pattern] : []
    const seen = {
      at: this.#clock.now(),
      origin,
      type: what.type,
      names: names.slice(0, 3),
      more: Math.max(0, names.length - 3),
    }
    this.#invalidations = [seen, ...this.#invalidations].slice(0, mostInvalidations)
  }
}

interface Asked {
  readonly health: Health
  readonly info: RemoteInfo | undefined
}
