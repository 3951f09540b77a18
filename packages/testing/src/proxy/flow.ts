import type { Socket } from 'node:net'
import type { Effect } from './fault.ts'

/** The effects that are in force for a flow now, the latest of each type. */
export type Weather = { readonly [T in Effect['type']]?: Extract<Effect, { readonly type: T }> }

/** What arrives at one socket and shall leave at the other. */
type Parcel = { readonly what: Buffer | 'end' | 'reset'; readonly dueAt: number }

const mostWaitingBytes = 1024 * 1024

/** Resets a socket. While its end is on the way that would leave a handle behind for which Node waits for ever at its exit. */
export function sendReset(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy()
  else socket.resetAndDestroy()
}

/** One direction of a proxied connection. Ends and resets travel in it like bytes: a fault delays, holds or loses them too. */
export class Flow {
  received = 0
  readonly #from: Socket
  readonly #to: Socket
  readonly #weather: () => Weather
  readonly #cut: (by: 'reset' | 'end') => void
  readonly #queue: Parcel[] = []
  readonly #leftToCut = new WeakMap<Effect, number>()
  #waitingBytes = 0
  #lastDueAt = 0
  #nextSendAt = 0
  #timer: NodeJS.Timeout | undefined
  #isDead = false

  /** @param cut called when a `cut` has let its last byte through */
  constructor(from: Socket, to: Socket, weather: () => Weather, cut: (by: 'reset' | 'end') => void) {
    this.#from = from
    this.#to = to
    this.#weather = weather
    this.#cut = cut
    to.on('drain', () => this.pump())
  }

  push(what: Parcel['what']): void {
    if (this.#isDead) return
    const { delay, lose } = this.#weather()
    if (lose !== undefined) return this.die()
    const delayMs = delay?.delayMs() ?? 0
    // A shorter delay never lets bytes overtake.
    this.#lastDueAt = Math.max(this.#lastDueAt, performance.now() + delayMs)
    this.#queue.push({ what, dueAt: delayMs === 0 && this.#queue.length === 0 ? 0 : this.#lastDueAt })
    if (typeof what !== 'string') this.#waitingBytes += what.length
    if (this.#waitingBytes > mostWaitingBytes) this.#from.pause()
    this.pump()
  }

  /** Sends what may go now. Called again when the weather changes. */
  pump(): void {
    clearTimeout(this.#timer)
    for (let head = this.#queue[0]; head !== undefined && !this.#isDead; head = this.#queue[0]) {
      const weather = this.#weather()
      if (weather.hold !== undefined || this.#to.writableNeedDrain) return
      const waitMs = Math.max(head.dueAt, weather.pace === undefined ? 0 : this.#nextSendAt) - performance.now()
      if (waitMs > 0) return this.#pumpIn(waitMs)
      if (typeof head.what === 'string') this.#deliverEnd(head.what)
      else this.#deliverPiece(head.what, weather)
    }
    if (this.#waitingBytes <= mostWaitingBytes && this.#from.isPaused()) this.#from.resume()
  }

  /** From now on whatever comes is read and lost. */
  die(): void {
    this.#isDead = true
    clearTimeout(this.#timer)
    this.#queue.length = 0
    this.#waitingBytes = 0
    this.#from.resume()
  }

  #pumpIn(waitMs: number): void {
    this.#timer = setTimeout(() => this.pump(), Math.ceil(waitMs))
    this.#timer.unref()
  }

  #deliverEnd(what: 'end' | 'reset'): void {
    this.#queue.shift()
    if (this.#to.destroyed) this.#from.destroy()
    else if (what === 'end') this.#to.end()
    else sendReset(this.#to)
  }

  #deliverPiece(bytes: Buffer, { pace, cut }: Weather): void {
    const length = Math.min(bytes.length, pace?.pieceBytes ?? bytes.length)
    const left = cut === undefined ? Number.POSITIVE_INFINITY : (this.#leftToCut.get(cut) ?? cut.afterBytes())
    const piece = bytes.subarray(0, Math.min(length, left))
    if (cut !== undefined) this.#leftToCut.set(cut, left - piece.length)
    if (cut !== undefined && left <= length) {
      this.die()
      // What was written goes out first: a reset would overtake it.
      this.#to.write(piece, () => this.#cut(cut.by))
      return
    }
    this.#waitingBytes -= piece.length
    if (pace !== undefined) this.#nextSendAt = performance.now() + (pace.everyMs * piece.length) / pace.pieceBytes
    const { dueAt } = this.#queue[0]!
    if (piece.length === bytes.length) this.#queue.shift()
    else this.#queue[0] = { what: bytes.subarray(piece.length), dueAt }
    if (!this.#to.destroyed) this.#to.write(piece)
  }
}
