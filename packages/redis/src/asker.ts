import { Deadlines, systemClock } from '@holdfast/core'
import type { Command, Link, Reply } from './link.ts'
import { within } from './within.ts'

/** How long each answer may take, in milliseconds. */
export const answerMs = 2_000

/** Asks over one connection, each question within its time. */
export class Asker {
  readonly #link: Link
  readonly #deadlines = new Deadlines(systemClock)

  constructor(link: Link) {
    this.#link = link
  }

  within<T>(promise: Promise<T>): Promise<T> {
    return within(this.#deadlines, promise, systemClock.now() + answerMs)
  }

  async ask(command: Command): Promise<Reply | undefined> {
    return (await this.within(this.#link.send([command])))[0]
  }

  async time(command: Command): Promise<number> {
    const startedAt = performance.now()
    await this.ask(command)
    return performance.now() - startedAt
  }

  async clockAheadMs(): Promise<number | undefined> {
    const sentAt = Date.now()
    const reply = await this.ask(['TIME'])
    const receivedAt = Date.now()
    if (!Array.isArray(reply)) return undefined
    const [seconds, micros] = (reply as readonly Reply[]).map(Number) as [number, number]
    return seconds * 1_000 + micros / 1_000 - (sentAt + receivedAt) / 2
  }
}
