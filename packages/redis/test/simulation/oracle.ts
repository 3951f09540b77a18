/** A key whose version in the database was raised, and a cache told of it. */
interface Covered {
  readonly member: number
  readonly version: number
  /** In the world's time, and in the order in which things happened. */
  readonly ackAt: number
  readonly ackOrder: number
  readonly isApplied: boolean
}

/** A read under way. */
export interface Beginning {
  readonly at: number
  readonly order: number
}

/** What must not have happened, in one line. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

/**
 * Decides for each read whether it may have returned what it did: nothing that an acknowledged invalidation of the same process came
 * before, and nothing that one of another process came before by more than a limit.
 */
export class Oracle {
  readonly #covered = new Map<string, Covered[]>()
  #order = 0
  reads = 0
  invalidations = 0

  begin(at: number): Beginning {
    return { at, order: (this.#order += 1) }
  }

  /** An invalidation was acknowledged. `isApplied`: it reached Redis, and with that the others. */
  acknowledged(member: number, versions: ReadonlyMap<string, number>, at: number, isApplied: boolean): void {
    this.invalidations++
    const ackOrder = (this.#order += 1)
    for (const [key, version] of versions) {
      const covered = this.#covered.get(key) ?? []
      this.#covered.set(key, covered)
      covered.push({ member, version, ackAt: at, ackOrder, isApplied })
    }
  }

  /** @throws {Violation} */
  judge(read: {
    readonly member: number
    readonly key: string
    readonly version: number
    readonly begun: Beginning
    /** How long another's invalidation may be missed, in milliseconds. */
    readonly limitMs: number
  }): void {
    this.reads++
    for (const { member, version, ackAt, ackOrder, isApplied } of this.#covered.get(read.key) ?? []) {
      if (ackOrder > read.begun.order || version <= read.version) continue
      const story = `read of ${read.key} by ${read.member}, begun at ${read.begun.at.toFixed(1)}, returned version ${read.version}; version ${version} was invalidated by ${member} at ${ackAt.toFixed(1)}`
      if (member === read.member) throw new Violation(`LOCAL ${story}`)
      if (isApplied && read.begun.at - ackAt > read.limitMs) throw new Violation(`REMOTE ${story}`)
    }
  }
}
