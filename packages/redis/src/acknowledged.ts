import type { Clock, Invalidation, Journalled } from '@holdfast/core'

const mostEntries = 10_000

/**
 * What this process has invalidated of late and Redis has acknowledged: a Redis that comes back from an older file has forgotten the
 * last of it. Each name once, with when it was last invalidated; when there are too many, everything was.
 */
export class Acknowledged {
  readonly #clock: Clock
  readonly #windowMs: number
  /** Oldest first. */
  readonly #keys = new Map<string, number>()
  readonly #tags = new Map<string, number>()
  #allAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock
    this.#windowMs = windowMs
  }

  add(what: Invalidation): void {
    const now = this.#clock.now()
    if (what.type === 'keys') note(this.#keys, what.names, now)
    else if (what.type === 'tags') note(this.#tags, what.names, now)
    else this.#allAt = now
    for (const names of [this.#keys, this.#tags]) forgetUntil(names, now - this.#windowMs)
    if (this.#keys.size + this.#tags.size <= mostEntries) return
    this.#keys.clear()
    this.#tags.clear()
    this.#allAt = now
  }

  /** What was acknowledged in the window that ended at an instant: the last at which the former server answered. */
  before(instant: number): Journalled | undefined {
    const from = instant - this.#windowMs
    forgetUntil(this.#keys, from)
    forgetUntil(this.#tags, from)
    const all = this.#allAt > from
    if (!all && this.#keys.size + this.#tags.size === 0) return undefined
    return { keys: [...this.#keys.keys()], tags: [...this.#tags.keys()], all }
  }
}

function note(to: Map<string, number>, names: readonly string[], now: number): void {
  for (const name of names) {
    // Put at the end: the oldest are first.
    to.delete(name)
    to.set(name, now)
  }
}

function forgetUntil(names: Map<string, number>, instant: number): void {
  for (const [name, at] of names) {
    if (at > instant) return
    names.delete(name)
  }
}
