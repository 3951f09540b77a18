import type {
  Fill,
  Invalidation,
  InvalidationListener,
  Journalled,
  Lease,
  RemoteCall,
  RemoteEntry,
  RemoteRead,
  RemoteState,
  RemoteStore,
  RemoteWrite,
  Stored,
} from '@holdfast/core'
import { expect } from 'vitest'

/** A store that claims every ability; a case asks only for those that it needs. */
export type WholeStore = Required<RemoteStore>

/** A process of a case: a store, and what its cache heard. */
export class Peer {
  readonly store: WholeStore
  readonly heard: Invalidation[] = []
  readonly states: RemoteState[] = []
  gaps = 0
  drains = 0
  readonly applied: Journalled[] = []
  readonly restored: Journalled[] = []
  journal: Journalled | undefined
  readonly #call: () => RemoteCall

  constructor(store: RemoteStore, call: () => RemoteCall) {
    // The suite declares only cases whose abilities the store has.
    this.store = store as WholeStore
    this.#call = call
  }

  readonly listener: InvalidationListener = {
    heard: (what) => {
      this.heard.push(what)
    },
    gap: () => {
      this.gaps += 1
    },
    drain: () => {
      this.drains += 1
      const journal = this.journal
      this.journal = undefined
      return journal
    },
    applied: (journal) => {
      this.applied.push(journal)
    },
    restore: (journal) => {
      this.restored.push(journal)
      this.journal = journal
    },
    state: (state) => {
      this.states.push(state)
    },
  }

  /** What is at one key. */
  async read(key: string): Promise<RemoteRead> {
    return only(await this.store.getMany([key], this.#call()))
  }

  /** The text of the entry at a key, `undefined` when there is no valid one. */
  async text(key: string): Promise<string | undefined> {
    const read = await this.read(key)
    return read?.type === 'entry' ? Buffer.from(read.payload).toString() : undefined
  }

  set(...writes: readonly RemoteWrite[]): Promise<readonly Stored[]> {
    return this.store.setMany(writes, this.#call())
  }

  delete(...keys: readonly string[]): Promise<void> {
    return this.store.deleteMany(keys, this.#call())
  }

  /** The right to load a key that was read before. */
  async lease(key: string, tags: readonly string[] = []): Promise<Lease> {
    const answer = await this.leaseOrEntry(key, tags)
    if (answer.type === 'lease') return answer
    throw new Error('Expected a lease, got an entry.')
  }

  async leaseOrEntry(key: string, tags: readonly string[] = []): Promise<Lease | RemoteEntry> {
    const seen = await this.read(key)
    const answer = only(await this.store.lease([{ key, tags, leaseMs: 30_000, seen }], this.#call()))
    if (answer.type !== 'taken') return answer
    throw new Error('Expected a lease or an entry, got that it is taken, which was not asked for.')
  }

  async fill(lease: Lease, write: RemoteWrite): Promise<Stored> {
    return only(await this.fillMany([{ lease, write }]))
  }

  fillMany(fills: readonly Fill[]): Promise<readonly Stored[]> {
    return this.store.fill(fills, this.#call())
  }

  /** Whether its cache heard something that ends this key. */
  hasHeard(key: string, tags: readonly string[] = []): boolean {
    return this.heard.some((what) => {
      if (what.type === 'all') return true
      if (what.type === 'keys') return what.names.includes(key)
      if (what.type === 'tags') return what.names.some((name) => tags.includes(name))
      return matches(what.pattern, key)
    })
  }
}

/** The answer to a batch of one. */
function only<T>(answers: readonly T[]): T {
  if (answers.length === 1) return answers[0] as T
  throw new Error(`Expected one answer to a batch of one, got ${answers.length}.`)
}

/** Whether a glob that uses nothing but `*` matches. */
function matches(pattern: string, key: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(key)
}

/** That nothing valid is at a key: nothing at all, or something that is no hit. */
export function expectNoEntry(read: RemoteRead): void {
  expect(read?.type).not.toBe('entry')
}
