import type { Guard } from '@holdfast/core'

/** Several guards as one: good as long as all of them are. */
export class JointGuard implements Guard {
  static readonly #joint = new WeakMap<readonly Guard[], JointGuard>()
  readonly #guards: readonly Guard[]

  private constructor(guards: readonly Guard[]) {
    this.#guards = guards
  }

  /** The same one for the same list. */
  static of(guards: readonly Guard[]): JointGuard {
    const there = this.#joint.get(guards)
    if (there !== undefined) return there
    const made = new JointGuard(guards)
    this.#joint.set(guards, made)
    return made
  }

  get goodUntil(): number {
    return Math.min(...this.#guards.map(({ goodUntil }) => goodUntil))
  }
}
