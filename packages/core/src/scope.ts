import type { Clock, Entry, MemoryStore, RemoteWrite } from './contracts.ts'
import { parseDuration, type Duration } from './duration.ts'
import { isGood, type Life } from './entry.ts'
import { SerializationError } from './errors.ts'
import { deepFreeze } from './isolation.ts'
import { isMarked, isNamespaceTag, namespacePrefix, namespaceTags, userKey, userTag } from './keys.ts'
import { checkCount, joinTags, type Policy } from './options.ts'
import type { Counters } from './counters.ts'
import type { Tiers } from './tiers.ts'

/** One view of the tiers: the cache itself, or a namespace of it, with its own defaults and counters. */
export class Scope {
  readonly tiers: Tiers
  /** `''` for the cache itself. */
  readonly namespace: string
  readonly policy: Policy
  readonly counters: Counters
  /** Tags of the namespace, which all its entries carry. */
  readonly hiddenTags: readonly string[]
  /** A hit without options needs nothing but memory: it is neither skipped nor forced, and values are shared as they are. */
  readonly isPlain: boolean

  readonly #memory: MemoryStore | undefined
  readonly #clock: Clock
  readonly #prefix: string

  constructor(tiers: Tiers, namespace: string, policy: Policy) {
    this.tiers = tiers
    this.namespace = namespace
    this.hiddenTags = namespaceTags(namespace)
    this.counters = tiers.counters.of(namespace)
    this.policy = policy
    this.#memory = tiers.parts.memory
    this.#clock = tiers.parts.clock
    this.#prefix = namespacePrefix(namespace)
    this.isPlain = !policy.skipMemory && !policy.force && policy.isolation === 'reference'
  }

  /**
   * What memory holds for a user's key that is good now and within its ttl. The whole of a hit: one look-up, one look at the
   * clock. Only keys that were checked are ever stored, so that this one need not be.
   */
  recallFresh(key: string): Entry | undefined {
    const entry = this.#memory?.get(this.#prefix === '' ? key : this.#prefix + key)
    if (entry === undefined) return undefined
    const now = this.#clock.now()
    return now < entry.staleAt && isGood(entry, now) && (this.#prefix !== '' || !isMarked(key)) ? entry : undefined
  }

  /** All but the namespace's, from all tags of an entry. */
  ownTags(tags: readonly string[]): readonly string[] {
    return tags.filter((tag) => !isNamespaceTag(tag))
  }

  /** The user's own tags again, from all tags of an entry. */
  userTags(tags: readonly string[]): readonly string[] {
    return this.ownTags(tags).map(userTag)
  }

  /** Tells who observes that a key is read. */
  read(whole: string): void {
    const { read } = this.tiers.observers
    if (read !== undefined) read(this.userKey(whole), this.namespace)
  }

  userKey(whole: string): string {
    return userKey(this.namespace, whole)
  }

  /** All tags of an entry: the namespace's first. @throws {InvalidOptionError} for too many */
  allTags(userTags: readonly string[]): readonly string[] {
    return joinTags(this.hiddenTags, checkCount(userTags))
  }

  /** Those of an entry's tags that the remote store can hold. */
  remoteTags(tags: readonly string[]): readonly string[] {
    return this.tiers.parts.remote?.takesTags === true ? tags : []
  }

  /** Whether an entry with these tags may be written to the remote store. */
  isRemoteAble(tags: readonly string[]): boolean {
    return tags.length <= this.hiddenTags.length || this.tiers.parts.remote?.takesTags === true
  }

  /** The instants of a value whose making began at `createdAt` and ended at `madeAt`; `undefined` when it is not to be stored. */
  life(policy: Policy, ttlMs: number, createdAt: number, madeAt: number): Life | undefined {
    if (ttlMs <= 0) return undefined
    const { random } = this.tiers.parts
    const shortened = policy.jitter === 0 ? ttlMs : Math.max(1, ttlMs * (1 - policy.jitter * random()))
    const staleAt = madeAt + shortened
    return { createdAt, staleAt, expiresAt: staleAt + policy.graceMs }
  }

  /** @throws {SerializationError} when the value cannot become bytes, or too many */
  serialize(value: unknown): Uint8Array {
    const { serializer, maxValueBytes } = this.tiers.parts
    const payload = serializer.serialize(value)
    if (payload.byteLength <= maxValueBytes) return payload
    throw new SerializationError(
      `The value takes ${payload.byteLength} bytes and \`maxValueBytes\` is ${maxValueBytes}: store less, or raise the option.`,
    )
  }

  unserializable(key: string, cause: unknown): SerializationError {
    return new SerializationError(`The value of ${JSON.stringify(this.userKey(key))} cannot be serialized.`, { cause })
  }

  serializationFailed(key: string, cause: unknown): void {
    this.counters.serializationErrors++
    this.tiers.parts.events.emit('serializationError', { key: this.userKey(key), namespace: this.namespace, cause })
  }

  remoteWrite(key: string, payload: Uint8Array, entry: Entry): RemoteWrite {
    return {
      key,
      payload,
      serializer: this.tiers.parts.serializer.name,
      createdAt: entry.createdAt,
      staleAt: entry.staleAt,
      expiresAt: entry.expiresAt,
      tags: this.remoteTags(entry.tags),
    }
  }

  /** A copy with nothing in common, made by the serializer. */
  clone(value: unknown): unknown {
    const { serializer } = this.tiers.parts
    return serializer.deserialize(serializer.serialize(value))
  }

  /** A value as a caller gets it. */
  present(value: unknown, policy: Policy): unknown {
    if (policy.isolation === 'reference') return value
    if (policy.isolation === 'clone') {
      try {
        return this.clone(value)
      } catch {
        // It could not be stored either, so that nobody else has it.
        return value
      }
    }
    deepFreeze(value)
    return value
  }
}

/** How long a value is fresh, in milliseconds. @throws {InvalidOptionError} when the user's function returns no duration */
export function ttlOf(policy: Policy, value: unknown): number {
  if (policy.ttlOf === undefined) return policy.ttlMs
  const ttl: Duration = policy.ttlOf(value as never)
  return parseDuration('ttl', ttl)
}
