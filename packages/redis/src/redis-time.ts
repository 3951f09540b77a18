import type { Reply } from './link.ts'

/** How far two quartz clocks drift apart at most, as a fraction: 200 ppm. */
const drift = 0.0002

/**
 * What the server's clock shows, estimated: each answered TIME was executed between sending and receiving, which bounds how far
 * it is ahead of ours; the bounds of several are cut with each other (Marzullo). A clock that was set ends them.
 */
export class RedisTime {
  #least = 0
  #most = 0
  #learntAt = Number.NEGATIVE_INFINITY

  /** Takes the reply to a TIME. Instants are of the local clock, in milliseconds. */
  learn(reply: Reply, sentAt: number, receivedAt: number): void {
    const redisAt = milliseconds(reply)
    if (redisAt === undefined) return
    const least = redisAt - receivedAt
    const most = redisAt - sentAt
    const slack = (receivedAt - this.#learntAt) * drift
    const bothLeast = Math.max(least, this.#least - slack)
    const bothMost = Math.min(most, this.#most + slack)
    const isStepped = !(bothLeast <= bothMost)
    this.#least = isStepped ? least : bothLeast
    this.#most = isStepped ? most : bothMost
    this.#learntAt = receivedAt
  }

  get isKnown(): boolean {
    return this.#learntAt > Number.NEGATIVE_INFINITY
  }

  /** How far it is ahead of the local clock, in milliseconds. */
  get aheadMs(): number {
    return (this.#least + this.#most) / 2
  }

  /** No later than what the server's clock shows at a local instant, as far as is known at `now`. */
  earliest(at: number): number {
    return at + this.#least - this.#slack(at)
  }

  /** No earlier than what it shows. */
  latest(at: number): number {
    return at + this.#most + this.#slack(at)
  }

  #slack(at: number): number {
    return Math.max(0, at - this.#learntAt) * drift
  }
}

function milliseconds(reply: Reply): number | undefined {
  if (!Array.isArray(reply)) return undefined
  const [seconds, micros] = (reply as readonly Reply[]).map(Number)
  const at = seconds! * 1_000 + micros! / 1_000
  return Number.isFinite(at) ? at : undefined
}
