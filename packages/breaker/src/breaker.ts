import {
  Bag,
  Deadlines,
  RemoteTimeoutError,
  RemoteUnavailableError,
  type RemoteOperation,
  type RemoteStore,
} from '@holdfast/core'

import { Budget } from './budget.ts'
import { Gate } from './gate.ts'
import type { BreakerState, ParsedBreakerOptions } from './options.ts'
import { PendingCall, type CallKind } from './pending-call.ts'

const reads: ReadonlySet<RemoteOperation> = new Set(['getMany', 'ping', 'info'])
/** Replaying a journal takes longer than a probe. */
const reopenFactor = 10
/** No user can name it: the cache doubles a leading `~`. */
const probeKey = '~probe'
/** So many names find one in each part of a store, as good as surely. */
const mostProbeKeys = 2_000

/**
 * Takes a failing store out of the path, and lets it back in after a probe of its own.
 *
 * opossum decides when too much has failed. Around it is what it does not do: time-outs in a row, the release of all who wait when
 * it opens, probes that are no user's call, and the way back through the store's session. Reads that fail, and time-outs in a row,
 * shut out everything; writes that fail, writes alone.
 */
export class Breaker {
  readonly #store: RemoteStore
  readonly #part: string | undefined
  readonly #options: ParsedBreakerOptions
  readonly #deadlines: Deadlines
  readonly #reads: Budget
  readonly #writes: Budget
  readonly #all: Gate
  readonly #onlyWrites: Gate
  readonly #waiting = new Bag<PendingCall>()
  /** One rejection for every call that is refused, so that they cost nothing. */
  #refused: Refusal = refusalOf(undefined)
  #lastFailure: unknown
  #timeoutsInARow = 0
  #refusals = 0
  /** Told when the store goes out of the path, once for an outage. Must not throw. */
  onOpen: ((cause: unknown) => void) | undefined = undefined
  /** Told when the store is back. Must not throw. */
  onClose: (() => void) | undefined = undefined

  /** @param part the part of the store that it stands before; absent: all of it */
  constructor(store: RemoteStore, options: ParsedBreakerOptions, part?: string) {
    this.#store = store
    this.#part = part
    this.#options = options
    this.#deadlines = new Deadlines(options.clock)
    const isFailure = (error: unknown): boolean => this.#isFailure(error)
    this.#reads = new Budget(options, isFailure, () => this.#all.open('failures'))
    this.#writes = new Budget(options, isFailure, () => {
      if (this.#all.state === 'closed') this.#onlyWrites.open('failures')
    })
    this.#all = new Gate({
      scope: 'all',
      options,
      probe: () => this.#probe(),
      opened: () => this.#shutOutAll(),
      closed: () => this.#letInAll(),
    })
    this.#onlyWrites = new Gate({
      scope: 'writes',
      options,
      probe: () => this.#probeWrites(),
      opened: () => this.#shutOutWrites(),
      closed: () => this.#writes.close(),
    })
  }

  /** Of the whole store; writes may be refused while it is closed. */
  get state(): BreakerState {
    return this.#all.state
  }

  /** Whether writes are refused, whatever becomes of reads. */
  get refusesWrites(): boolean {
    return this.#all.state !== 'closed' || this.#onlyWrites.state !== 'closed'
  }

  /** The rejection to answer with instead of calling the store; `undefined` while it is called. */
  refuse(isWrite: boolean): Promise<never> | undefined {
    if (this.#all.state === 'closed' && !(isWrite && this.#onlyWrites.state !== 'closed')) return undefined
    this.#refusals++
    return this.#refused.promise
  }

  /** What it says of itself in a store's description. */
  details(): Readonly<Record<string, string | number>> {
    const reason = this.#all.reason ?? this.#onlyWrites.reason
    return {
      breaker: this.#all.state,
      breakerOpened: this.#all.opened,
      breakerRefused: this.#refusals,
      breakerWrites: this.#all.state === 'closed' ? this.#onlyWrites.state : this.#all.state,
      breakerWritesOpened: this.#onlyWrites.opened,
      ...(reason === undefined ? {} : { breakerReason: reason }),
    }
  }

  /** @param deadlineAt none for a call whose pages have each their own */
  call<T>(operation: RemoteOperation, run: () => Promise<T>, deadlineAt: number | undefined): Promise<T> {
    const isWrite = !reads.has(operation)
    const refused = this.refuse(isWrite)
    if (refused !== undefined) return refused
    const budget = isWrite ? this.#writes : this.#reads
    return this.#begin({ name: operation, isWrite, budget }, run, deadlineAt) as Promise<T>
  }

  /** Ends every timer and listener; all who wait are released, and later calls refused. */
  shutdown(): void {
    if (this.#all.state === 'shutdown') return
    this.#refused = refusalOf(undefined)
    this.#all.shutdown()
    this.#onlyWrites.shutdown()
    this.#release(() => true)
    this.#deadlines.clear()
    this.#reads.shutdown()
    this.#writes.shutdown()
  }

  #isFailure(error: unknown): boolean {
    if (error === this.#refused.error) return false
    if (isTimeout(error)) return true
    try {
      return this.#options.isFailure(error)
    } catch {
      // An error that cannot be judged counts.
      return true
    }
  }

  #begin(kind: CallKind, run: () => Promise<unknown>, deadlineAt = Number.POSITIVE_INFINITY): Promise<unknown> {
    const call = new PendingCall(kind, deadlineAt, this.#expire)
    call.place = this.#waiting.add(call)
    if (deadlineAt < Number.POSITIVE_INFINITY) this.#deadlines.add(call)
    attempt(run).then(
      (answer) => {
        if (!this.#end(call)) return
        this.#timeoutsInARow = 0
        kind.budget?.succeeded()
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
    const message = `The remote store did not answer \`${call.kind.name}\` before the deadline.`
    this.#failed(call, new RemoteTimeoutError(message))
  }

  #failed(call: PendingCall, error: unknown): void {
    this.#lastFailure = error
    // Whoever is told finds the breaker as this failure has left it.
    const counted = call.kind.budget?.failed(error) ?? Promise.resolve()
    void counted.then(() => call.fail(error))
    if (isTimeout(error)) this.#timedOut()
  }

  #timedOut(): void {
    if (++this.#timeoutsInARow >= this.#options.timeoutsInARow) this.#all.open('timeouts')
  }

  #shutOutWrites(): void {
    this.#refused = refusalOf(this.#lastFailure)
    this.#release((call) => call.kind.isWrite)
  }

  #shutOutAll(): void {
    this.#refused = refusalOf(this.#lastFailure)
    this.#reads.open()
    this.#writes.open()
    this.#release(() => true)
    this.onOpen?.(this.#refused.error)
  }

  #letInAll(): void {
    this.#timeoutsInARow = 0
    this.#lastFailure = undefined
    this.#reads.close()
    this.#writes.close()
    // Its session has just taken what was journalled: it takes writes.
    this.#onlyWrites.reset()
    this.onClose?.()
  }

  #release(whom: (call: PendingCall) => boolean): void {
    for (const call of this.#waiting) {
      if (whom(call) && this.#end(call)) call.fail(this.#refused.error)
    }
  }

  async #probe(): Promise<void> {
    const { clock, probeTimeoutMs } = this.#options
    const call = { deadlineAt: clock.now() + probeTimeoutMs }
    const ping = async (): Promise<unknown> =>
      this.#store.ping?.(call, this.#part) ?? this.#store.getMany([this.#probeKey()], call)
    await this.#begin({ name: 'ping', isWrite: false }, ping, call.deadlineAt)
    if (this.#store.reopen === undefined) return
    const reopen = async (): Promise<void> => this.#store.reopen?.(this.#part)
    await this.#begin({ name: 'reopen', isWrite: false }, reopen, clock.now() + probeTimeoutMs * reopenFactor)
  }

  /** Removes what nobody has: no read tells whether writes are taken. */
  async #probeWrites(): Promise<void> {
    const { clock, probeTimeoutMs } = this.#options
    const call = { deadlineAt: clock.now() + probeTimeoutMs }
    const kind = { name: 'deleteMany', isWrite: true }
    await this.#begin(kind, async () => this.#store.deleteMany([this.#probeKey()], call), call.deadlineAt)
  }

  #probeKey(): string {
    if (this.#part === undefined) return probeKey
    for (let n = 0; n < mostProbeKeys; n++)
      if (this.#store.partOf?.('key', `${probeKey}:${n}`) === this.#part) return `${probeKey}:${n}`
    return probeKey
  }
}

interface Refusal {
  readonly error: RemoteUnavailableError
  readonly promise: Promise<never>
}

function refusalOf(cause: unknown): Refusal {
  const error = new RemoteUnavailableError(
    'The remote store has failed too often and is left alone until it answers a probe.',
    cause === undefined ? undefined : { cause },
  )
  const promise = Promise.reject(error)
  // Whoever is refused is told; nobody has to be.
  promise.catch(() => undefined)
  return { error, promise }
}

/** A store that throws instead of rejecting is a rejection like any other. */
function attempt(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return Promise.resolve(run())
  } catch (error) {
    return Promise.reject(error)
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_HOLDFAST_REMOTE_TIMEOUT'
}
