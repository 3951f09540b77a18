import type { Entry, EvictReason, MemoryStore } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { memorySubject, type MemoryBounds, type MemoryStoreSuite } from './subject.ts'
import { memoryStoreCases, testMemoryStore } from './test-memory-store.ts'

/** A store as simple as the contract allows: the oldest entry makes room, expired ones before it. */
class OldestFirst implements MemoryStore {
  readonly #entries = new Map<string, Entry>()
  readonly #bounds: MemoryBounds
  onEvict: ((key: string, reason: EvictReason) => void) | undefined = undefined

  constructor(bounds: MemoryBounds) {
    this.#bounds = bounds
  }

  get maxEntries(): number {
    return this.#bounds.maxEntries ?? Number.POSITIVE_INFINITY
  }

  get maxBytes(): number {
    return this.#bounds.maxBytes ?? Number.POSITIVE_INFINITY
  }

  get size(): number {
    return this.#entries.size
  }

  get bytes(): number {
    return [...this.#entries.values()].reduce((sum, entry) => sum + weigh(entry.value), 0)
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key)
  }

  set(key: string, entry: Entry): void {
    this.#entries.delete(key)
    if (weigh(entry.value) > this.maxBytes) return
    this.#entries.set(key, entry)
    while (this.isTooFull()) this.makeRoom(this.#bounds.clock.now())
  }

  isTooFull(): boolean {
    return this.size > this.maxEntries || this.bytes > this.maxBytes
  }

  makeRoom(now: number): void {
    const expired = [...this.#entries].find(([, each]) => each.expiresAt <= now)?.[0]
    const victim = expired ?? this.keys().next().value!
    this.#entries.delete(victim)
    this.onEvict?.(victim, expired === undefined ? 'capacity' : 'expired')
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
  }

  keys(): MapIterator<string> {
    return this.#entries.keys()
  }
}

function weigh(value: unknown): number {
  if (typeof value === 'string') return value.length + 8
  if (value instanceof Uint8Array) return value.length
  if (typeof value === 'object' && value !== null) return Object.values(value).flat().reduce(add, 8)
  return 8
}

function add(sum: number, part: unknown): number {
  return sum + weigh(part)
}

const abilities = ['maxEntries', 'maxBytes', 'onEvict'] as const

testMemoryStore({ name: 'the oldest makes room', open: (bounds) => new OldestFirst(bounds), abilities })

/** Stores with one fault each, and a case that must find it. */
const faulty: readonly [string, string, (bounds: MemoryBounds) => MemoryStore][] = [
  ['a plain object for its keys', 'keep > keeps hostile keys apart', (bounds) => new OnObject(bounds)],
  [
    'copies of values',
    'keep > gives back the very entry that was set',
    variant({ get: (store, key) => structuredClone(store.get(key)) }),
  ],
  [
    'values kept after a delete',
    'keep > never gives an entry that was replaced, deleted, cleared or set under another key',
    variant({ delete: () => {} }),
  ],
  [
    'room for one more',
    'bounds > never holds more entries than its bound, from the first to the last',
    (bounds) =>
      new OldestFirst(bounds.maxEntries === undefined ? bounds : { ...bounds, maxEntries: bounds.maxEntries + 1 }),
  ],
  ['nothing kept at all', 'bounds > keeps everything while there is room', variant({ set: () => {} })],
  [
    'half of it dropped when full',
    'bounds > holds many entries when it is full, whatever is asked of it',
    variant({
      set: (store, key, entry) => {
        if (store.size === store.maxEntries)
          for (const each of [...store.keys()].slice(store.size / 2)) store.delete(each)
        store.set(key, entry)
      },
    }),
  ],
  [
    'expired entries that do not make room',
    'bounds > makes room from expired entries first',
    (bounds) => new OldestFirst({ ...bounds, clock: { ...bounds.clock, now: () => 0 } }),
  ],
  ['bytes that are not bounded', 'bytes > never holds more bytes than its bound', (bounds) => new NeverTooFull(bounds)],
  [
    'an older value behind one that was refused',
    'bytes > refuses an entry larger than the whole store, and the older one of its key is gone',
    variant({
      set: (store, key, entry) => {
        if (weigh(entry.value) <= store.maxBytes!) store.set(key, entry)
      },
    }),
  ],
  [
    'a listener that hears of deletes',
    'onEvict > says nothing of what was replaced, deleted or cleared',
    variant({
      delete: (store, key) => {
        store.delete(key)
        store.onEvict?.(key, 'capacity')
      },
    }),
  ],
]

type Methods = Pick<MemoryStore, 'get' | 'set' | 'delete'>
type Replacements = {
  readonly [Name in keyof Methods]?: (
    store: MemoryStore,
    ...args: Parameters<Methods[Name]>
  ) => ReturnType<Methods[Name]>
}

/** The good store with some of its methods replaced. */
function variant(replacements: Replacements): (bounds: MemoryBounds) => MemoryStore {
  return (bounds) => {
    const store = new OldestFirst(bounds)
    const good: MemoryStore = new Proxy(store, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      },
      set: (target, name, value) => Reflect.set(target, name, value, target),
    })
    return new Proxy(good, {
      get: (target, name) => {
        const replacement = replacements[name as keyof Replacements] as ((...args: unknown[]) => unknown) | undefined
        return replacement === undefined ? (Reflect.get(target, name) as unknown) : replacement.bind(undefined, target)
      },
    })
  }
}

class NeverTooFull extends OldestFirst {
  override isTooFull(): boolean {
    return false
  }
}

class OnObject extends OldestFirst {
  readonly #plain: Record<string, Entry> = {}

  override set(key: string, entry: Entry): void {
    super.set(key, entry)
    this.#plain[key] = entry
  }

  override get(key: string): Entry | undefined {
    return this.#plain[key]
  }
}

describe('testMemoryStore', () => {
  it.each(faulty)('finds %s', async (_fault, name, open) => {
    const suite: MemoryStoreSuite = { open, abilities }
    const found = memoryStoreCases(abilities).find((each) => each.name === name)

    await expect((async () => found!.run(memorySubject(suite)))()).rejects.toThrow(/./)
  })

  it('refuses to skip a case that does not exist, or without a reason', () => {
    const suite = { open: (bounds: MemoryBounds) => new OldestFirst(bounds), abilities }
    const skip = (reason: string, name: string) => () =>
      testMemoryStore({ ...suite, skip: [{ reason, cases: [name] }] })

    expect(skip('too hard', 'keep > the peace')).toThrow(/no case "keep > the peace"/)
    expect(skip('', 'keep > keeps hostile keys apart')).toThrow(/needs its reason/)
  })
})
