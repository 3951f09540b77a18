import {
  Deadlines,
  InvalidOptionError,
  RemoteTimeoutError,
  RemoteUnavailableError,
  SerializationError,
  type RemoteStore,
  type Timed,
} from '@holdfast/core'
import CircuitBreaker from 'opossum'
import type { BreakerState, ParsedBreakerOptions } from './options.ts'

/** Longer than any outage: opossum's own half-open state would let a user's call probe. */
const neverMs = 2_147_483_647

/** A call under way, so that it can be let go when the circuit opens. */
interface Waiting {
  readonly reject: (error: unknown) => void
}

/**
 * One opossum circuit around a store, with what opossum lacks: when it opens, everyone who waits is released at once; so many
 * time-outs in a row open it; the probe is a call of the store's own and never a user's; and it closes only when the store has
 * opened a session again, with what was missed replayed.
 */
export class Circuit {
  readonly #store: RemoteStore
  readonly #options: ParsedBreakerOptions
  readonly #breaker: CircuitBreaker<[() => Promise<unknown>]>
  readonly #deadlines: Deadlines
  readonly #waiting = new Set<Waiting>()
  readonly #refusal = new RemoteUnavailableError('The remote store is out of the path: its circuit is open.')
  #state: BreakerState = 'closed'
  #timeouts = 0
  #opened = 0
  #probeTimer: unknown
  #isClosed = false

  constructor(store: RemoteStore, options: ParsedBreakerOptions) {
    this.#store = store
    this.#options = options
    this.#deadlines = new Deadlines(options.clock)
    this.#breaker = new CircuitBreaker((run: () => Promise<unknown>) => run(), {
      timeout: false,
      errorThresholdPercentage: options.errorThreshold * 100,
      volumeThreshold: options.volumeThreshold,
      rollingCountTimeout: options.windowMs,
      rollingPercentilesEnabled: false,
      resetTimeout: neverMs,
      errorFilter: isCallersFault,
    })
    this.#breaker.on('open', () => this.#open(new RemoteUnavailableError('Too many calls of the remote store failed.')))
  }

  get state(): BreakerState {
    return this.#state
  }

  /** How often it has opened. */
  get opened(): number {
    return this.#opened
  }

  /** Makes a call that ends by its deadline, if it has one. Refused at once, with no timer, while the circuit is not closed. */
  call<T>(run: () => Promise<T>, deadlineAt: number | undefined): Promise<T> {
    if (this.#state !== 'closed' || this.#isClosed) return Promise.reject(this.#refusal)
    return this.#breaker.fire(() => this.#bounded(run, deadlineAt)) as Promise<T>
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#release(new RemoteUnavailableError('The remote store was closed.'))
    this.#deadlines.clear()
    this.#options.clock.clearTimer(this.#probeTimer)
    this.#breaker.shutdown()
    this.#breaker.removeAllListeners()
  }

  #bounded<T>(run: () => Promise<T>, deadlineAt: number | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { reject }
      const timed: Timed | undefined =
        deadlineAt === undefined ? undefined : { deadlineAt, settled: false, expire: () => end(timedOut(), reject) }
      const end = <R>(result: R, settle: (result: R) => void): void => {
        this.#waiting.delete(waiting)
        if (timed !== undefined) this.#deadlines.settle(timed)
        settle(result)
      }
      this.#waiting.add(waiting)
      if (timed !== undefined) this.#deadlines.add(timed)
      start(run).then(
        (result) => {
          this.#timeouts = 0
          end(result, resolve)
        },
        (error: unknown) => {
          if (!(error instanceof RemoteTimeoutError)) this.#timeouts = 0
          end(error, reject)
        },
      )
    }).catch((error: unknown) => {
      if (error instanceof RemoteTimeoutError) this.#countTimeout()
      throw error
    }) as Promise<T>
  }

  #countTimeout(): void {
    this.#timeouts++
    if (this.#timeouts >= this.#options.timeoutsInARow && this.#state === 'closed') this.#breaker.open()
  }

  #open(cause: unknown): void {
    if (this.#isClosed) return
    this.#opened++
    this.#enter('open', cause)
    this.#release(this.#refusal)
    this.#probeSoon()
  }

  #release(error: unknown): void {
    for (const waiting of this.#waiting) waiting.reject(error)
    this.#waiting.clear()
  }

  #probeSoon(): void {
    const { clock, probeEveryMs, random } = this.#options
    this.#probeTimer = clock.setTimer(
      () => {
        this.#probe().catch((error: unknown) => {
          if (this.#isClosed) return
          this.#enter('open', error)
          this.#probeSoon()
        })
      },
      probeEveryMs * (1 + random() / 4),
    )
  }

  async #probe(): Promise<void> {
    const { clock, probeTimeoutMs } = this.#options
    this.#enter('halfOpen', undefined)
    const deadlineAt = clock.now() + probeTimeoutMs
    await this.#bounded(() => this.#ping(deadlineAt), deadlineAt)
    // The session's handshake, with the replay of what was missed: only then may anybody read.
    await this.#store.reopen?.()
    if (this.#isClosed) return
    this.#timeouts = 0
    this.#enter('closed', undefined)
    this.#breaker.close()
  }

  async #ping(deadlineAt: number): Promise<void> {
    if (this.#store.ping === undefined) await this.#store.getMany(['probe'], { deadlineAt })
    else await this.#store.ping({ deadlineAt })
  }

  #enter(state: BreakerState, cause: unknown): void {
    if (this.#state === state) return
    this.#state = state
    this.#options.onStateChange?.(state, cause)
  }
}

// A store that throws instead of rejecting fails like any other.
async function start<T>(run: () => Promise<T>): Promise<T> {
  return run()
}

/** Errors that say nothing of the store's health. */
function isCallersFault(error: unknown): boolean {
  return error instanceof InvalidOptionError || error instanceof SerializationError
}

function timedOut(): RemoteTimeoutError {
  return new RemoteTimeoutError('The remote store did not answer before the deadline.')
}
