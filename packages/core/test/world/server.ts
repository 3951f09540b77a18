import type { Invalidation, RemoteWrite } from '../../src/contracts.ts'
import { globMatcher } from '../../src/keys.ts'

/** What stands under a key: an entry, a lease, or a hold that nothing may be filled over. Its id is new with each write. */
export interface Slot {
  readonly id: number
  readonly kind: 'entry' | 'lease' | 'hold'
  readonly write: RemoteWrite | undefined
  readonly epoch: number
  readonly versions: readonly (readonly [tag: string, version: number])[]
  readonly endsAt: number
}

/** What a lease knows: whose place it may take, and how the world was when it was given. */
export interface Token {
  readonly id: number
  readonly epoch: number
  readonly versions: ReadonlyMap<string, number>
  /** {@link Server.now} when it was given. */
  readonly givenAt: number
}

export type Announce = (what: Invalidation, from: object) => void

/**
 * The server that the stores of several processes share: each method is one command, and commands happen one after another.
 * Versions are ids that never come back; forgetting one (eviction) makes what was stamped with it invalid.
 */
export class Server {
  epoch = 0
  /** The number of commands so far: the server's own time, in which order is what counts. */
  now = 0
  readonly slots = new Map<string, Slot>()
  readonly subscribers = new Set<Announce>()
  readonly #tags = new Map<string, { version: number; invalidatedAt: number }>()
  #floor = { version: 0, invalidatedAt: 0 }
  #ids = 0
  readonly #clock: () => number

  /** @param clock milliseconds, for what ends by itself */
  constructor(clock: () => number) {
    this.#clock = clock
  }

  get(key: string): Slot | undefined {
    this.now++
    const slot = this.slots.get(key)
    if (slot === undefined || slot.endsAt > this.#clock()) return slot
    this.slots.delete(key)
    return undefined
  }

  /** Why a slot is no valid entry; `undefined` when it is one. */
  refusal(slot: Slot): string | undefined {
    if (slot.kind !== 'entry') return slot.kind
    if (slot.epoch !== this.epoch) return 'epoch'
    const bumped = slot.versions.find(([tag, version]) => this.version(tag) !== version)
    return bumped === undefined ? undefined : `tag:${bumped[0]}`
  }

  put(write: RemoteWrite, epoch: number = this.epoch, versions: ReadonlyMap<string, number> = new Map()): Slot {
    this.now++
    const stamped = write.tags.map((tag) => [tag, versions.get(tag) ?? this.version(tag)] as const)
    const slot: Slot = { id: this.#id(), kind: 'entry', write, epoch, versions: stamped, endsAt: write.expiresAt }
    this.slots.set(write.key, slot)
    return slot
  }

  hold(key: string, kind: 'lease' | 'hold', ms: number): Slot {
    this.now++
    const endsAt = this.#clock() + ms
    const slot: Slot = { id: this.#id(), kind, write: undefined, epoch: this.epoch, versions: [], endsAt }
    this.slots.set(key, slot)
    return slot
  }

  token(id: number, tags: readonly string[]): Token {
    const versions = new Map(tags.map((tag) => [tag, this.version(tag)]))
    return { id, epoch: this.epoch, versions, givenAt: this.now }
  }

  /** Whether what stands at the key is still what the token saw. */
  stands(key: string, { id }: Token): boolean {
    const slot = this.get(key)
    return slot?.id === id && slot.kind !== 'hold'
  }

  /** Whether one of the tags was invalidated after the token was given. Those it knew carry the version of then. */
  isOutdated({ versions, givenAt }: Token, tags: readonly string[]): boolean {
    return tags.some((tag) => !versions.has(tag) && (this.#tags.get(tag) ?? this.#floor).invalidatedAt > givenAt)
  }

  remove(keys: Iterable<string>): void {
    this.now++
    for (const key of keys) this.slots.delete(key)
  }

  removeMatching(pattern: string): void {
    const matches = globMatcher(pattern)
    this.remove([...this.slots.keys()].filter(matches))
  }

  version(tag: string): number {
    return (this.#tags.get(tag) ?? this.#floor).version
  }

  bump(tag: string): void {
    this.now++
    this.#tags.set(tag, { version: this.#id(), invalidatedAt: this.now })
  }

  newEpoch(): void {
    this.now++
    this.epoch = this.#id()
  }

  /** Forgets a key or the version of a tag without telling anybody, as eviction does. */
  evict(what: { readonly key: string } | { readonly tag: string }): void {
    this.now++
    if ('key' in what) this.slots.delete(what.key)
    else if (this.#tags.delete(what.tag)) this.#floor = { version: this.#id(), invalidatedAt: this.now }
  }

  /** Forgets everything, as FLUSHALL does; an epoch that is gone is a new one. */
  flush(): void {
    this.slots.clear()
    this.newEpoch()
  }

  /** Tells every subscriber but the one that announces. */
  publish(what: Invalidation, from: object): void {
    for (const announce of this.subscribers) announce(what, from)
  }

  #id(): number {
    this.#ids++
    return this.#ids
  }
}
