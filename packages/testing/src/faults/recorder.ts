import type { HitWindow, OperationRecord, SubjectRecord } from './record.ts'
import { Stalls } from './stalls.ts'
import { faultOperations, type FaultOperation } from './subject.ts'

interface Counts {
  calls: number
  errors: number
  firstError: string | undefined
  longestMs: number
}

/** A call under way: it adds up what of its time went into loading. */
export interface CallUnderWay {
  readonly operation: FaultOperation
  readonly startedAt: number
  loadingMs: number
}

/** Notes what calls come to. */
export class Recorder {
  readonly #stalls = new Stalls()
  readonly #startedAt = performance.now()
  readonly #counts = new Map<FaultOperation, Counts>(
    faultOperations.map((name) => [name, { calls: 0, errors: 0, firstError: undefined, longestMs: 0 }]),
  )
  readonly #underWay = new Set<CallUnderWay>()
  readonly #wrong: string[] = []
  readonly #unhandled: string[] = []
  readonly #memory: NodeJS.Timeout
  readonly #bytesBefore: number
  #wrongs = 0
  #mostBytes: number
  #reads = 0
  #hits = 0

  constructor() {
    this.#bytesBefore = usedBytes()
    this.#mostBytes = this.#bytesBefore
    this.#memory = setInterval(() => (this.#mostBytes = Math.max(this.#mostBytes, usedBytes())), 100)
    this.#memory.unref()
    process.on('unhandledRejection', (cause) => this.#unhandled.push(`unhandled rejection: ${textOf(cause)}`))
    process.on('uncaughtException', (cause) => this.#unhandled.push(`uncaught: ${textOf(cause)}`))
  }

  /** Makes a call and notes what became of it. `undefined` when it rejected. */
  async call<T>(
    operation: FaultOperation,
    make: (call: CallUnderWay) => Promise<T>,
  ): Promise<{ result: T } | undefined> {
    const call: CallUnderWay = { operation, startedAt: performance.now(), loadingMs: 0 }
    const counts = this.#counts.get(operation)!
    this.#underWay.add(call)
    try {
      return { result: await make(call) }
    } catch (error) {
      counts.errors++
      counts.firstError ??= textOf(error)
      return undefined
    } finally {
      counts.calls++
      counts.longestMs = Math.max(counts.longestMs, this.#waitedMs(call))
      this.#underWay.delete(call)
    }
  }

  wrong(text: string): void {
    this.#wrongs++
    if (this.#wrong.length < 5) this.#wrong.push(text)
  }

  read(keys: number, loaded: number): void {
    this.#reads += keys
    this.#hits += keys - loaded
  }

  /** Reads since the last window. */
  takeWindow(): HitWindow {
    const window = { reads: this.#reads, hits: this.#hits }
    this.#reads = 0
    this.#hits = 0
    return window
  }

  /** Calls that are still under way have waited this long, and count so. */
  end(): SubjectRecord {
    const unsettled = new Map<FaultOperation, number>()
    for (const call of this.#underWay) {
      const counts = this.#counts.get(call.operation)!
      counts.longestMs = Math.max(counts.longestMs, this.#waitedMs(call))
      unsettled.set(call.operation, (unsettled.get(call.operation) ?? 0) + 1)
    }
    const operations = {} as Record<FaultOperation, OperationRecord>
    for (const [name, counts] of this.#counts) operations[name] = { ...counts, unsettled: unsettled.get(name) ?? 0 }
    clearInterval(this.#memory)
    globalThis.gc?.()
    const leftBytes = usedBytes() - this.#bytesBefore
    const stalledMs = this.#stalls.within(this.#startedAt, performance.now())
    this.#stalls.stop()
    return {
      operations,
      wrong: this.#wrong,
      wrongs: this.#wrongs,
      grownBytes: this.#mostBytes - this.#bytesBefore,
      leftBytes,
      unhandled: this.#unhandled,
      stalledMs,
    }
  }

  get underWay(): number {
    return this.#underWay.size
  }

  #waitedMs({ startedAt, loadingMs }: CallUnderWay): number {
    const now = performance.now()
    return Math.max(0, now - startedAt - loadingMs - this.#stalls.within(startedAt, now))
  }
}

function usedBytes(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
