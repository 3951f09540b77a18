/**
 * Whose turn it is to warm, in a fleet of processes that share a remote store.
 *
 * It is an entry like any other, and stands on what makes fills safe: a load's result is stored only if at the key is still what the
 * load saw before it began (PROTOCOL §1). So a claim is a forced load that keeps whatever another process claimed, and is stored only
 * if nobody claimed meanwhile; and a claim holds once the next one has found it there. Two may claim at the same time; one is found.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cache, Duration, Namespace } from '@holdfast/core'

/** What stands at the key. */
interface Claim {
  readonly holder: string
  /** It has warmed, and the others need not for as long as this lives. */
  readonly isDone: boolean
}

/** What a claim found, in the order of the fleet. */
type Found = 'mine' | 'running' | 'done' | 'nothing'

/** What came of asking for the turn. */
export type Turn = 'held' | 'elsewhere' | 'recent' | 'unreachable'

/** Waits between claims, in milliseconds: a store that is being connected to gets its time. */
const pauses = [0, 50, 100, 200, 400, 800, 1_600]

export class FleetLease {
  readonly #claims: Namespace<Claim>
  readonly #name: string
  readonly #lengthMs: number
  readonly #holder = randomUUID()

  constructor(cache: Cache, name: string, lengthMs: number) {
    this.#claims = cache.namespace<Claim>('holdfast-warm', { skipMemory: true, timeout: '5s', grace: '0ms' })
    this.#name = name
    this.#lengthMs = lengthMs
  }

  /** Asks for the turn. With `yieldsToDone`, one that another has had a while ago counts as well. */
  async take(yieldsToDone: boolean, signal: AbortSignal): Promise<Turn> {
    for (const pause of pauses) {
      if (pause > 0) await sleep(pause, undefined, { signal })
      const found = await this.#claim({ yieldsToDone })
      if (found === 'mine') return 'held'
      if (found === 'running') return 'elsewhere'
      if (found === 'done' && yieldsToDone) return 'recent'
    }
    return 'unreachable'
  }

  /**
   * Keeps the turn until the returned function is called. `onLost` is called once, when another has it, or when the store has not been
   * reached for so long that another may have it.
   */
  keep(onLost: (turn: 'elsewhere' | 'unreachable') => void): () => void {
    let confirmedAt = performance.now()
    let isOver = false
    const renew = async (): Promise<void> => {
      const askedAt = performance.now()
      const found = await this.#claim({ yieldsToDone: false })
      if (isOver) return
      if (found === 'mine') confirmedAt = askedAt
      const isLost = found === 'running' || performance.now() - confirmedAt >= this.#lengthMs
      if (!isLost) return
      end()
      onLost(found === 'running' ? 'elsewhere' : 'unreachable')
    }
    // Three times in its life, so that one lost renewal costs nothing.
    const timer = setInterval(() => void renew().catch(() => undefined), this.#lengthMs / 3)
    timer.unref()
    const end = (): void => {
      isOver = true
      clearInterval(timer)
    }
    return end
  }

  /** Gives the turn back. For `doneForMs` the scheduled runs of others yield to what was done. */
  async end(doneForMs: number): Promise<void> {
    if (doneForMs > 0) await this.#claim({ yieldsToDone: false, doneForMs })
    else await this.#claims.delete(this.#name)
  }

  /** Claims, and tells what was there. Nothing, too, where the store does not answer. */
  async #claim(how: { readonly yieldsToDone: boolean; readonly doneForMs?: number }): Promise<Found> {
    let found: Found = 'nothing'
    const claim: Claim = { holder: this.#holder, isDone: how.doneForMs !== undefined }
    const ttl: Duration = `${Math.round(how.doneForMs ?? this.#lengthMs)}ms`
    try {
      await this.#claims.getOrSet<Claim>(
        this.#name,
        ({ stale, skip }) => {
          found = this.#judge(stale)
          if (found === 'running' || (found === 'done' && how.yieldsToDone)) skip()
          return claim
        },
        { force: true, ttl },
      )
    } catch {
      return 'nothing'
    }
    return found
  }

  #judge(there: unknown): Found {
    if (typeof there !== 'object' || there === null) return 'nothing'
    const { holder, isDone } = there as Partial<Claim>
    if (isDone === true) return holder === this.#holder ? 'nothing' : 'done'
    return holder === this.#holder ? 'mine' : 'running'
  }
}
