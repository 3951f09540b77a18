import { InvalidOptionError, type Entry } from '@holdfast/core'
import { fakeClock, testMemoryStore } from '@holdfast/testing'
import NodeCache from 'node-cache'
import { describe, expect, it } from 'vitest'
import { nodeCacheStore } from './node-cache.ts'

testMemoryStore({
  name: 'nodeCacheStore',
  open: ({ clock }) => nodeCacheStore(undefined, clock),
  abilities: [],
  skip: [
    {
      reason: 'node-cache keeps its entries in a plain object, so names such as `__proto__` are not stored at all',
      cases: ['keep > keeps hostile keys apart'],
    },
  ],
})

describe('nodeCacheStore', () => {
  it('refuses an instance that clones', () => {
    expect(() => nodeCacheStore(new NodeCache())).toThrow(InvalidOptionError)
    expect(() => nodeCacheStore(new NodeCache({ useClones: true }))).toThrow('useClones: false')
    expect(() => nodeCacheStore({ stdTTL: 60 } as never)).toThrow('Write `new NodeCache({ useClones: false })`.')
  })

  it('keeps entries in the instance it is given', () => {
    const instance = new NodeCache({ useClones: false, checkperiod: 0 })
    const clock = fakeClock()
    const entry = entryUntil(clock.now() + 60_000)

    nodeCacheStore(instance, clock).set('key', entry)

    expect(instance.get('key')).toBe(entry)
  })

  it('neither stores nor finds what every object inherits', () => {
    const clock = fakeClock()
    const store = nodeCacheStore(undefined, clock)

    for (const key of ['__proto__', 'constructor', 'toString']) store.set(key, entryUntil(clock.now() + 60_000))

    expect(['__proto__', 'constructor', 'toString'].map((key) => store.get(key))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(store.size).toBe(0)
  })

  it('stores nothing in a full instance, replaces what is there, and goes on when there is room', () => {
    const clock = fakeClock()
    const store = nodeCacheStore(new NodeCache({ useClones: false, checkperiod: 0, maxKeys: 1 }), clock)
    const [first, second, third] = [1, 2, 3].map(() => entryUntil(clock.now() + 60_000)) as [Entry, Entry, Entry]

    store.set('a', first)
    store.set('b', second)
    store.set('a', third)

    expect(store.get('a')).toBe(third)
    expect(store.get('b')).toBeUndefined()
    store.delete('a')
    store.set('b', second)
    expect(store.get('b')).toBe(second)
  })
})

function entryUntil(expiresAt: number): Entry {
  return { value: {}, createdAt: expiresAt - 60_000, staleAt: expiresAt, expiresAt, tags: [] }
}
