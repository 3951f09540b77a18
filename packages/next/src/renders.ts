import { now } from './moment.ts'

/** More renders than a process has under way. What is forgotten counts as begun when it ended. */
const most = 10_000

/**
 * When the renders that are under way began: at the first look-up since the last one ended that found nothing, or something stale.
 * Next does not say it, and an entry that began before a revalidation and ended after it is not to be believed.
 */
export class Renders {
  readonly #begun = new Map<string, number>()

  begin(key: string): void {
    if (this.#begun.has(key)) return
    this.#begun.set(key, now())
    const [oldest] = this.#begun.keys()
    if (this.#begun.size > most && oldest !== undefined) this.#begun.delete(oldest)
  }

  /** When it began. */
  end(key: string): number {
    const begun = this.#begun.get(key)
    this.#begun.delete(key)
    return begun ?? now()
  }
}
