import { describe, expect, it } from 'vitest'
import { RemoteUnavailableError } from '../src/errors.ts'
import { bareStore, type BareStore } from './world/bare-store.ts'
import { setStage } from './world/stage.ts'

const stage = setStage()

/** A store of two servers: keys that begin with `b` are on the second, which can be away. */
function twoServers() {
  const bare = bareStore()
  const asked: (readonly string[])[] = []
  let isAway = false
  const check = (keys: readonly string[]): void => {
    asked.push(keys)
    if (isAway && keys.some((key) => key.startsWith('b')))
      throw new RemoteUnavailableError('The second server is away.')
  }
  const store: BareStore = {
    ...bare,
    partOf: (_, name) => name.slice(0, 1),
    getMany: async (keys, call) => {
      check(keys)
      return bare.getMany(keys, call)
    },
    setMany: async (writes, call) => {
      check(writes.map(({ key }) => key))
      return bare.setMany(writes, call)
    },
    deleteMany: async (keys, call) => {
      check(keys)
      return bare.deleteMany(keys, call)
    },
  }
  return {
    ...stage.openBare({}, store),
    asked,
    cut: () => {
      isAway = true
    },
  }
}

describe('a store of several servers', () => {
  it('is called once for each that is concerned, for all that is asked in one tick', async () => {
    const { cache, memory, asked } = twoServers()
    await cache.setMany(['a1', 'b1', 'a2', 'b2'].map((key) => [key, key] as const))
    memory.clear()
    asked.length = 0

    const found = await Promise.all(['a1', 'b1', 'a2', 'b2', 'a1'].map((key) => cache.get(key)))

    expect(found).toEqual(['a1', 'b1', 'a2', 'b2', 'a1'])
    expect(asked).toEqual([
      ['a1', 'a2'],
      ['b1', 'b2'],
    ])
  })

  it('gives what the one has while the other is away', async () => {
    const { cache, memory, cut } = twoServers()
    await cache.setMany(['a1', 'b1'].map((key) => [key, key] as const))
    memory.clear()
    cut()

    expect([...(await cache.getMany(['a1', 'b1']))]).toEqual([['a1', 'a1']])
  })

  it('takes what is for the one while the other is away', async () => {
    const { cache, store, cut } = twoServers()
    cut()

    const written = await Promise.all([cache.set('a1', 1), cache.set('b1', 1)])
    await stage.settle()

    expect(written.map(({ reached }) => reached)).toEqual(['all', 'memory'])
    expect([...store.held.keys()]).toEqual(['a1'])
  })
})
