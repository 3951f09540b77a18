import type { Guard } from '@holdfast/core'

/** Two guards as one: good as long as both are. */
export class JointGuard implements Guard {
  readonly own: Guard
  readonly root: Guard

  constructor(own: Guard, root: Guard) {
    this.own = own
    this.root = root
  }

  get goodUntil(): number {
    return Math.min(this.own.goodUntil, this.root.goodUntil)
  }
}
