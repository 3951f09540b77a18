import type { Socket } from 'node:net'

/** What happens to the bytes of one direction. Absent fields do nothing. */
export interface LaneFaults {
  /** How much later each byte arrives, in milliseconds. The order stays. */
  readonly latencyMs?: number
  /** How many bytes arrive each second at most. */
  readonly bytesPerSecond?: number
  /** Bytes wait until this is healed, and then arrive: a network that comes back. */
  readonly stall?: boolean
  /**
   * Bytes vanish. A connection that lost some is dead for good, after healing too, and neither end is told: what a host that lost
   * its power, or a NAT that forgot, leaves behind.
   */
  readonly blackHole?: boolean
  /** After so many more bytes both ends get a reset (RST). A function is asked once for each connection. */
  readonly resetAfterBytes?: number | (() => number)
  /** After so many more bytes both ends get an end (FIN). A function is asked once for each connection. */
  readonly cutAfterBytes?: number | (() => number)
}

/** How many bytes wait in a lane before it stops reading, as a network's buffers would fill. */
const mostWaiting = 1024 * 1024
/** A throttled lane delivers so often. */
const tickMs = 10

interface Chunk {
  readonly bytes: Buffer
  readonly dueAt: number
}

/** One direction of one connection through the proxy. */
export class Lane {
  readonly #from: Socket
  readonly #to: Socket
  readonly #end: (how: 'reset' | 'cut') => void
  #faults: LaneFaults
  #queue: Chunk[] = []
  #waiting = 0
  #isEnded = false
  #timer: NodeJS.Timeout | undefined
  #budget: { readonly bytes: number; readonly how: 'reset' | 'cut' } | undefined
  readonly #lost: (bytes: number) => void
  #isOver = false
  /** Bytes were lost: nothing arrives any more. */
  isDead = false

  constructor(
    ends: { readonly from: Socket; readonly to: Socket },
    faults: LaneFaults,
    tell: { readonly end: (how: 'reset' | 'cut') => void; readonly lost: (bytes: number) => void },
  ) {
    const { from, to } = ends
    this.#from = from
    this.#to = to
    this.#end = tell.end
    this.#lost = tell.lost
    this.#faults = faults
    this.#budget = budgetOf(faults)
    from.on('data', (bytes: Buffer) => this.#take(bytes))
    from.on('end', () => {
      this.#isEnded = true
      this.#pump()
    })
    to.on('drain', () => this.#pump())
  }

  set faults(faults: LaneFaults) {
    this.#faults = faults
    this.#budget = budgetOf(faults)
    this.#pump()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#queue = []
  }

  #take(bytes: Buffer): void {
    if (this.#faults.blackHole === true) this.isDead = true
    if (this.isDead) return this.#lost(bytes.length)
    if (this.#isOver) return
    this.#queue.push({ bytes, dueAt: performance.now() + (this.#faults.latencyMs ?? 0) })
    this.#waiting += bytes.length
    if (this.#waiting > mostWaiting) this.#from.pause()
    this.#pump()
  }

  /** Delivers what is due, and comes back for the rest. */
  #pump(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.isDead || this.#isOver || this.#faults.stall === true || this.#to.destroyed) return
    const tick = this.#faults.bytesPerSecond === undefined ? Infinity : (this.#faults.bytesPerSecond * tickMs) / 1_000
    let allowed = Math.max(1, Math.floor(tick))
    while (this.#queue.length > 0 && !this.#to.writableNeedDrain) {
      const inMs = this.#queue[0]!.dueAt - performance.now()
      if (inMs > 0) return this.#comeBack(inMs)
      const sent = this.#deliver(allowed)
      if (sent === undefined) return
      allowed -= sent
      if (allowed <= 0) return this.#comeBack(tickMs * Math.max(1, 1 / tick))
    }
    if (this.#waiting <= mostWaiting / 2) this.#from.resume()
    if (this.#isEnded && this.#queue.length === 0) this.#to.end()
  }

  /** Sends the head of the queue as far as it may go; `undefined` when that ended the connection. */
  #deliver(allowed: number): number | undefined {
    const { bytes, dueAt } = this.#queue[0]!
    const length = Math.min(bytes.length, allowed, this.#budget?.bytes ?? Infinity)
    this.#to.write(bytes.subarray(0, length))
    this.#waiting -= length
    if (length < bytes.length) this.#queue[0] = { bytes: bytes.subarray(length), dueAt }
    else this.#queue.shift()
    if (this.#budget === undefined) return length
    this.#budget = { ...this.#budget, bytes: this.#budget.bytes - length }
    if (this.#budget.bytes > 0) return length
    const { how } = this.#budget
    // What was written goes out first: a reset would overtake it.
    this.#to.write('', () => this.#end(how))
    this.#isOver = true
    return undefined
  }

  #comeBack(inMs: number): void {
    this.#timer = setTimeout(() => this.#pump(), inMs)
  }
}

function budgetOf(faults: LaneFaults): { readonly bytes: number; readonly how: 'reset' | 'cut' } | undefined {
  const asked = faults.resetAfterBytes ?? faults.cutAfterBytes
  if (asked === undefined) return undefined
  const how = faults.resetAfterBytes === undefined ? 'cut' : 'reset'
  return { bytes: Math.max(1, typeof asked === 'function' ? asked() : asked), how }
}
