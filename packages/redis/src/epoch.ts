/**
 * The root epoch as a session knows it: a flag with a generation, not a promise. Who uses the epoch asks in the tick in which it
 * does; an answer counts only if nothing was announced since it was asked for (§7 "hello-promise", "clear-race").
 */
export class Epoch {
  #id: Uint8Array | undefined
  #generation = 1
  #cleanGeneration = 0

  /** The current epoch; `undefined` while it is not known, or while Redis has none. */
  get id(): Uint8Array | undefined {
    return this.isDirty ? undefined : this.#id
  }

  get isDirty(): boolean {
    return this.#cleanGeneration !== this.#generation
  }

  get generation(): number {
    return this.#generation
  }

  /** A new epoch was announced, or made here: what is known is the past. */
  soil(): void {
    this.#generation++
  }

  /** Takes what Redis answered to a question of that generation; `undefined` when it has no epoch. */
  learn(id: Uint8Array | undefined, generation: number): void {
    if (generation !== this.#generation) return
    this.#id = id
    this.#cleanGeneration = generation
  }
}
