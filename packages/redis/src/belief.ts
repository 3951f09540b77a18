import type { Guard } from '@holdfast/core'

/**
 * How long memory copies may be believed: until `maxStaleness` after the last heartbeat that was answered. Everything that came
 * through a session shares its guard. A guard that died stays dead; a new one begins.
 */
export class Belief {
  #guard: Guard = { goodUntil: Number.NEGATIVE_INFINITY }
  #until = Number.NEGATIVE_INFINITY
  #isDead = false
  #isSuspended = false

  get guard(): Guard {
    return this.#guard
  }

  /** A heartbeat was answered. */
  extend(until: number): void {
    if (until <= this.#until) return
    this.#until = until
    this.#show()
  }

  /** Something changed that every entry depends on. */
  end(): void {
    this.#isDead = true
    this.#guard.goodUntil = Number.NEGATIVE_INFINITY
  }

  /** What changed is known now: entries from here on have a new guard. */
  renew(): void {
    if (!this.#isDead) return
    this.#isDead = false
    this.#guard = { goodUntil: Number.NEGATIVE_INFINITY }
    this.#show()
  }

  /** Nothing is heard, but Redis can be asked: memory is not believed for now. */
  suspend(): void {
    this.#isSuspended = true
    this.#show()
  }

  /** Redis cannot be asked either: memory is what there is, as long as it may be. */
  resume(): void {
    this.#isSuspended = false
    this.#show()
  }

  #show(): void {
    if (this.#isDead) return
    // 0 is long past and yet not −∞: a suspended guard may become good again, a dead one may not.
    this.#guard.goodUntil = this.#isSuspended ? Math.min(0, this.#until) : this.#until
  }
}
