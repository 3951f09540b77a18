import type { BreakerReason, BreakerScope, BreakerState, ParsedBreakerOptions } from './options.ts'

const mostBackOff = 8

/** What a gate is given. */
export interface GateParts {
  readonly scope: BreakerScope
  readonly options: ParsedBreakerOptions
  /** Resolves when what was shut out may come back. */
  readonly probe: () => Promise<unknown>
  readonly opened: (reason: BreakerReason) => void
  readonly closed: () => void
}

/** The state of a breaker for what it shuts out: closed, or open with a probe now and then. */
export class Gate {
  readonly #parts: GateParts
  #state: BreakerState = 'closed'
  #reason: BreakerReason | undefined
  #timer: unknown
  #closedAt = Number.NEGATIVE_INFINITY
  #backOff = 1
  #opened = 0

  constructor(parts: GateParts) {
    this.#parts = parts
  }

  get state(): BreakerState {
    return this.#state
  }

  /** Why it changed its state last. */
  get reason(): BreakerReason | undefined {
    return this.#reason
  }

  /** How often it has opened. */
  get opened(): number {
    return this.#opened
  }

  open(reason: BreakerReason): void {
    if (this.#state !== 'closed') return
    const { clock, windowMs } = this.#parts.options
    const isSoon = clock.now() - this.#closedAt < windowMs
    this.#backOff = isSoon ? Math.min(this.#backOff * 2, mostBackOff) : 1
    this.#opened++
    this.#move('open', reason)
    this.#parts.opened(reason)
    this.#probeLater()
  }

  /** Closes it without a probe: something greater answers for it. */
  reset(): void {
    if (this.#state === 'closed' || this.#state === 'shutdown') return
    this.#parts.options.clock.clearTimer(this.#timer)
    this.#close()
  }

  shutdown(): void {
    this.#parts.options.clock.clearTimer(this.#timer)
    if (this.#state !== 'shutdown') this.#move('shutdown', 'store closed')
  }

  #probeLater(): void {
    const { clock, probeEveryMs, random } = this.#parts.options
    const delayMs = probeEveryMs * this.#backOff * (1 + random() / 4)
    this.#timer = clock.setTimer(() => {
      this.#move('halfOpen', 'probing')
      this.#parts.probe().then(
        () => {
          if (this.#state === 'halfOpen') this.#close()
        },
        () => this.#stayOpen(),
      )
    }, delayMs)
  }

  #close(): void {
    this.#closedAt = this.#parts.options.clock.now()
    // What it let out is told first: who hears of the change may call at once.
    this.#parts.closed()
    this.#move('closed', 'probe succeeded')
  }

  #stayOpen(): void {
    if (this.#state !== 'halfOpen') return
    this.#move('open', 'probe failed')
    this.#probeLater()
  }

  #move(to: BreakerState, reason: BreakerReason): void {
    const from = this.#state
    this.#state = to
    this.#reason = reason
    const { scope, options } = this.#parts
    try {
      options.onStateChange?.({ scope, from, to, reason, at: options.clock.now() })
    } catch (error) {
      process.emitWarning(`\`onStateChange\` of a breaker threw: ${String(error)}`)
    }
  }
}
