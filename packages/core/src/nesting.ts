import { SerializationError } from './errors.ts'

/** From this depth on an object is compared with those around it, so that a cycle is found before it has filled a buffer. */
const suspicious = 16

/** The objects around the one that a serializer writes. */
export class Nesting {
  readonly #deepest: number
  readonly #around: object[] = []
  #depth = 0

  /** @param deepest the depth at which a value is refused, so that reading it back never runs out of stack */
  constructor(deepest = 1_000) {
    this.#deepest = deepest
  }

  /** @throws {SerializationError} when the value contains itself, or is nested too deep */
  enter(value: object): void {
    if (this.#depth++ >= suspicious) this.#compare(value)
  }

  leave(): void {
    this.#depth--
  }

  /** Forgets all of them: a new value begins. */
  reset(): void {
    this.#depth = 0
    this.#around.length = 0
  }

  #compare(value: object): void {
    if (this.#depth > this.#deepest) {
      throw new SerializationError(`A value nested deeper than ${this.#deepest} levels cannot be serialized.`)
    }
    if (this.#around.lastIndexOf(value, this.#depth - 1) >= 0) {
      throw new SerializationError('A value that contains itself cannot be serialized.')
    }
    this.#around[this.#depth] = value
  }
}
