import {
  Bag,
  Deadlines,
  RemoteTimeoutError,
  RemoteUnavailableError,
  type RemoteOperation,
  type RemoteStore,
} from '@holdfast/core'

import { Budget } from './budget.ts'
import type { BreakerReason, BreakerState, ParsedBreakerOptions } from './options.ts'
import { PendingCall } from './pending-call.ts'

const reads: ReadonlySet<RemoteOperation> = new Set(['getMany', 'ping'])
const mostBackOff = 8
/** Replaying a journal takes longer than a probe. */
const reopenFactor = 10
/** No user can name it: the cache doubles a leading `~`. */
const probeKey = '~probe'

/**
 * Takes a failing store out of the path, and lets it back in after a probe of its own.
 *
 * opossum decides when too much has failed. Around it is what it does not do: time-outs in a row, the release of all who wait when
 * it opens, probes that are no user's call, and the way back through the store's session.
 */
export class Breaker {
  readonly #store: RemoteStore
  readonly #options: ParsedBreakerOptions
  readonly #deadlines: Deadlines
  readonly #reads: Budget
  readonly #writes: Budget
  readonly #waiting = new Bag<PendingCall>()
  readonly #refusal = new RemoteUnavailableError(
    'The remote store has failed too often and is left alone until it answers a probe.',
  )
  /** One rejection for every call while it is not closed, so that they cost nothing. */
  readonly #refused: Promise<never> = handled(Promise.reject(this.#refusal))
  #state: BreakerState = 'closed'
  #timeoutsInARow = 0
  #timer: unknown
  #closedAt = Number.NEGATIVE_INFINITY
  #backOff = 1
  #opened = 0
  #refusals = 0
  /** Told when the store goes out of the path, once for an outage. Must not throw. */
  onOpen: ((cause: unknown) => void) | undefined = undefined
  /** Told when the store is back. Must not throw. */
  onClose: (() => void) | undefined = undefined

  constructor(store: RemoteStore, options: ParsedBreakerOptions) {
    this.#store = store
    this.#options = options
    this.#deadlines = new Deadlines(options.clock)
    const isFailure = (error: unknown): boolean => this.#isFailure(error)
    const exhausted = (): void => this.#open('failures')
    this.#reads = new Budget(options, isFailure, exhausted)
    this.#writes = new Budget(options, isFailure, exhausted)
  }

  get state(): BreakerState {
    return this.#state
  }

  /** The rejection to answer with instead of calling the store; `undefined` while it is closed. */
  refuse(): Promise<never> | undefined {
    if (this.#state === 'closed') return undefined
    this.#refusals++
    return this.#refused
  }

  /** What it says of itself in a store's description. */
  details(): Readonly<Record<string, string | number>> {
    return { breaker: this.#state, breakerOpened: this.#opened, breakerRefused: this.#refusals }
  }

  /** @param deadlineAt none for a call whose pages have each their own */
  call<T>(operation: RemoteOperation, run: () => Promise<T>, deadlineAt: number | undefined): Promise<T> {
    const refused = this.refuse()
    if (refused !== undefined) return refused
    const budget = reads.has(operation) ? this.#reads : this.#writes
    return this.#begin(operation, run, deadlineAt, budget) as Promise<T>
  }

  /** Ends every timer and listener; all who wait are released, and later calls refused. */
  shutdown(): void {
    if (this.#state === 'shutdown') return
    this.#options.clock.clearTimer(this.#timer)
    this.#move('shutdown', 'store closed')
    this.#release()
    this.#deadlines.clear()
    this.#reads.shutdown()
    this.#writes.shutdown()
  }

  #isFailure(error: unknown): boolean {
    if (error === this.#refusal) return false
    if (isTimeout(error)) return true
    try {
      return this.#options.isFailure(error)
    } catch {
      // An error that cannot be judged counts.
      return true
    }
  }

  #begin(
    name: string,
    run: () => Promise<unknown>,
    deadlineAt = Number.POSITIVE_INFINITY,
    budget?: Budget,
  ): Promise<unknown> {
    const call = new PendingCall(name, deadlineAt, budget, this.#expire)
    call.place = this.#waiting.add(call)
    if (deadlineAt < Number.POSITIVE_INFINITY) this.#deadlines.add(call)
    attempt(run).then(
      (answer) => {
        if (!this.#end(call)) return
        this.#timeoutsInARow = 0
        budget?.succeeded()
        call.answer(answer)
      },
      (error: unknown) => {
        if (this.#end(call)) this.#failed(call, error)
      },
    )
    return call.promise
  }

  /** Whether the call had not ended before. */
  #end(call: PendingCall): boolean {
    if (call.settled) return false
    this.#settle(call)
    this.#waiting.remove(call.place)
    return true
  }

  #settle(call: PendingCall): void {
    if (call.deadlineAt === Number.POSITIVE_INFINITY) call.settled = true
    else this.#deadlines.settle(call)
  }

  readonly #expire = (call: PendingCall): void => {
    this.#waiting.remove(call.place)
    const message = `The remote store did not answer \`${call.name}\` before the deadline.`
    this.#failed(call, new RemoteTimeoutError(message))
  }

  #failed(call: PendingCall, error: unknown): void {
    call.fail(error)
    call.budget?.failed(error)
    if (isTimeout(error)) this.#timedOut()
  }

  #timedOut(): void {
    if (++this.#timeoutsInARow >= this.#options.timeoutsInARow) this.#open('timeouts')
  }

  #open(reason: BreakerReason): void {
    if (this.#state !== 'closed') return
    const isSoon = this.#options.clock.now() - this.#closedAt < this.#options.windowMs
    this.#backOff = isSoon ? Math.min(this.#backOff * 2, mostBackOff) : 1
    this.#opened++
    this.#move('open', reason)
    this.#reads.open()
    this.#writes.open()
    this.#release()
    this.onOpen?.(this.#refusal)
    this.#probeLater()
  }

  #release(): void {
    for (const call of this.#waiting) {
      if (this.#end(call)) call.fail(this.#refusal)
    }
  }

  #probeLater(): void {
    const { clock, probeEveryMs, random } = this.#options
    const delayMs = probeEveryMs * this.#backOff * (1 + random() / 4)
    this.#timer = clock.setTimer(() => {
      this.#move('halfOpen', 'probing')
      this.#probe().then(
        () => this.#close(),
        () => this.#stayOpen(),
      )
    }, delayMs)
  }

  async #probe(): Promise<void> {
    const { clock, probeTimeoutMs } = this.#options
    const call = { deadlineAt: clock.now() + probeTimeoutMs }
    const ping = async (): Promise<unknown> => this.#store.ping?.(call) ?? this.#store.getMany([probeKey], call)
    await this.#begin('ping', ping, call.deadlineAt)
    if (this.#store.reopen === undefined) return
    await this.#begin('reopen', async () => this.#store.reopen?.(), clock.now() + probeTimeoutMs * reopenFactor)
  }

  #close(): void {
    if (this.#state !== 'halfOpen') return
    this.#closedAt = this.#options.clock.now()
    this.#timeoutsInARow = 0
    this.#reads.close()
    this.#writes.close()
    this.#move('closed', 'probe succeeded')
    this.onClose?.()
  }

  #stayOpen(): void {
    if (this.#state !== 'halfOpen') return
    this.#move('open', 'probe failed')
    this.#probeLater()
  }

  #move(to: BreakerState, reason: BreakerReason): void {
    const from = this.#state
    this.#state = to
    try {
      this.#options.onStateChange?.({ from, to, reason, at: this.#options.clock.now() })
    } catch (error) {
      process.emitWarning(`\`onStateChange\` of a breaker threw: ${String(error)}`)
    }
  }
}

/** A store that throws instead of rejecting is a rejection like any other. */
function attempt(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return Promise.resolve(run())
  } catch (error) {
    return Promise.reject(error)
  }
}

function handled(promise: Promise<never>): Promise<never> {
  promise.catch(() => undefined)
  return promise
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_HOLDFAST_REMOTE_TIMEOUT'
}
