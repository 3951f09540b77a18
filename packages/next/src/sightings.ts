import type { MemoPart, Version } from './memo-part.ts'

/** How many versions of a part are remembered: revalidations while one page is rendered. */
const most = 32

const unknown: Version = { life: -1, count: -1 }

/** What a process has seen of a part of the memo, and when. */
export class Sightings {
  readonly #versions: { readonly at: number; readonly version: Version }[] = []
  #isComplete = true

  get isEmpty(): boolean {
    return this.#versions.length === 0
  }

  add({ life, count }: MemoPart, at: number): void {
    const last = this.#versions.at(-1)?.version
    if (last?.life === life && last.count >= count) return
    this.#versions.push({ at, version: { life, count } })
    if (this.#versions.length <= most) return
    this.#versions.shift()
    this.#isComplete = false
  }

  /**
   * What had been seen at an instant. What was made from then on is judged by it: it may have been out of date, which makes a value
   * old too soon, never too late. Next looks before it makes; for what was begun before the first look, that one stands.
   */
  at(instant: number): Version {
    const known = this.#versions.findLast(({ at }) => at <= instant)
    return (known ?? (this.#isComplete ? this.#versions[0] : undefined))?.version ?? unknown
  }
}
