import type { WorkerRecord } from './record.ts'

const tickMs = 5
const stallMs = 12

/** What a worker has seen, on the clock that all processes of the machine share. */
export class Recorder {
  readonly worker: number
  readonly #startedAtNs: bigint
  readonly #underWay = new Map<object, { readonly path: string; readonly start: number }>()
  #records: WorkerRecord[] = []
  #cutOffAt: number | undefined

  constructor(worker: number, startedAtNs: bigint) {
    this.worker = worker
    this.#startedAtNs = startedAtNs
  }

  now(): number {
    return Number(process.hrtime.bigint() - this.#startedAtNs) / 1e6
  }

  add(record: WorkerRecord): void {
    this.#records.push(record)
  }

  /** Records that a call rejected, unless `isExpected` knows why. `undefined` then. */
  async call<T>(path: string, call: () => Promise<T>, isExpected: (error: unknown) => boolean): Promise<T | undefined> {
    const mark = {}
    const start = this.now()
    this.#underWay.set(mark, { path, start })
    try {
      return await call()
    } catch (error) {
      if (!isExpected(error)) this.fail(path, start, error)
      return undefined
    } finally {
      this.#underWay.delete(mark)
    }
  }

  fail(path: string, start: number, error: unknown): void {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    this.add({ type: 'failure', worker: this.worker, path, start, end: this.now(), error: text })
  }

  /** Records calls that should have ended long ago. */
  failUnderWay(): void {
    for (const { path, start } of this.#underWay.values()) {
      this.fail(path, start, `still under way after ${Math.round(this.now() - start)} ms`)
    }
    this.#underWay.clear()
  }

  /** The store says whether it can be used. */
  remoteState(state: string): void {
    if (state === 'ready') this.#endCutOff()
    else this.#cutOffAt ??= this.now()
  }

  /** Records when the event loop stands still. */
  watchStalls(): Disposable {
    let last = this.now()
    const timer = setInterval(() => {
      const now = this.now()
      if (now - last > stallMs) this.add({ type: 'stall', worker: this.worker, start: last, end: now })
      last = now
    }, tickMs)
    return { [Symbol.dispose]: () => clearInterval(timer) }
  }

  /** Hands out what has been recorded, and begins anew. */
  take(): readonly WorkerRecord[] {
    const isCutOff = this.#cutOffAt !== undefined
    this.#endCutOff()
    if (isCutOff) this.#cutOffAt = this.now()
    const records = this.#records
    this.#records = []
    return records
  }

  #endCutOff(): void {
    if (this.#cutOffAt === undefined) return
    this.add({ type: 'cutOff', worker: this.worker, start: this.#cutOffAt, end: this.now() })
    this.#cutOffAt = undefined
  }
}
