import type { Envelope, Guard } from '@holdfast/core'
import type { Relative } from './session-ground.ts'

/** The tags of an entry whose versions are all current, with the guards of what they and the session stand for. */
export interface TagSet {
  readonly names: readonly string[]
  readonly guards: readonly Guard[]
}

const maxSets = 10_000

/**
 * Tags of entries as they lie in their bytes, resolved: entries with the same tags and versions share one look-up, their names and
 * their guards. A set is dropped when one of its guards has died.
 */
export class TagSets {
  readonly #sets = new Map<string, TagSet>()

  /** `undefined` when the tags have to be looked at one by one. */
  get(envelope: Envelope, session: Relative): TagSet | undefined {
    const key = envelope.tagsKey
    const set = this.#sets.get(key)
    if (set === undefined) return undefined
    const { guards } = set
    // Of several nodes each is believed until its own instant.
    const now = session.ground.kin === undefined ? Number.NEGATIVE_INFINITY : session.ground.clock.now()
    if (guards[0] === session.ownGuards[0] && guards.every((guard) => guard.goodUntil > now)) return set
    this.#sets.delete(key)
    return undefined
  }

  add(envelope: Envelope, names: readonly string[], guards: readonly Guard[]): TagSet {
    if (this.#sets.size >= maxSets) this.#sets.clear()
    const set: TagSet = { names, guards }
    this.#sets.set(envelope.tagsKey, set)
    return set
  }
}
