import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from '../src/errors.ts'
import { slowLoad } from './world/slow-load.ts'
import { deferred } from './world/deferred.ts'
import { setStage } from './world/stage.ts'

const stage = setStage()

describe('setMany', () => {
  it.each<[unknown, string]>([
    [{ a: 1 }, 'got an object. Write `Object.entries(object)`.'],
    [5, 'Expected entries to be a Map or an array of `[key, value]`, got 5.'],
    ['abc', 'got "abc".'],
    [undefined, 'got undefined.'],
    [null, 'got null.'],
    [[{ key: 'a', value: 1 }], 'Expected each entry to be `[key, value]`, got an object.'],
    [['ab'], 'Expected each entry to be `[key, value]`, got "ab".'],
    [[['a']], 'got an array of 1.'],
    [[['a', 1, { ttl: '5m' }]], 'got an array of 3. Options are said once, for all of them.'],
    [[[5, 1]], 'Expected a key to be a non-empty string, got 5.'],
  ])('refuses %o, and stores nothing', async (entries, message) => {
    const { cache } = stage.connect()

    const setting = cache.setMany(entries as never)

    await expect(setting).rejects.toThrow(message)
    await expect(setting).rejects.toBeInstanceOf(InvalidOptionError)
    expect(cache.stats().sets).toBe(0)
  })

  it('takes whatever can be iterated over', async () => {
    const { cache } = stage.connect()
    await cache.setMany(
      (function* () {
        yield ['a', 1] as const
      })(),
    )

    expect(await cache.get('a')).toBe(1)
  })
})

describe('getMany', () => {
  it.each<[unknown, string]>([
    ['a', 'Expected keys to be an array of strings, got "a". Write `["a"]`, or call `get` for one key.'],
    [5, 'array of strings, got 5.'],
  ])('refuses %o', async (keys, message) => {
    const { cache } = stage.connect()

    await expect(cache.getMany(keys as never)).rejects.toThrow(message)
  })
})

describe('set', () => {
  it('is read by every process', async () => {
    const [a, b] = [stage.connect(), stage.connect()]

    expect(await a.cache.set('key', { n: 1 })).toEqual({ reached: 'all', queued: false })

    expect(await a.cache.lookup('key')).toMatchObject({ value: { n: 1 }, from: 'memory' })
    expect(await b.cache.lookup('key')).toMatchObject({ value: { n: 1 }, from: 'remote' })
    expect(await b.cache.lookup('key')).toMatchObject({ from: 'memory' })
  })

  it('of undefined removes', async () => {
    const { cache } = stage.connect()
    await cache.set('key', 'value')
    await cache.set('key', undefined)

    expect(await cache.get('key')).toBeUndefined()
  })

  it('is not kept in memory when another process deletes before its reply', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    const release = a.store.wire.hold('reply', 'setMany')
    const set = a.cache.set('key', 'mine')
    await stage.settle()
    await b.cache.delete('key')
    release()
    await set

    expect(a.memory.size).toBe(0)
    expect(await a.cache.get('key')).toBeUndefined()
  })

  it('with skipRemote and skipMemory writes the other tier alone', async () => {
    const { cache, memory } = stage.connect()
    expect(await cache.set('a', 1, { skipRemote: true })).toEqual({ reached: 'memory', queued: false })
    await cache.set('b', 2, { skipMemory: true })

    expect([...memory.keys()]).toEqual(['a'])
    expect([...stage.server.slots.keys()]).toEqual(['b'])
    expect(await cache.get('a', { skipMemory: true })).toBeUndefined()
    expect(await cache.get('b', { skipRemote: true })).toBeUndefined()
    expect(await cache.lookup('b')).toMatchObject({ from: 'remote' })
  })

  it('of many is one call, and leaves the last of a key that is there twice', async () => {
    const { cache, store } = stage.connect()
    await cache.setMany([
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ])

    expect(store.wire.count('setMany')).toBe(1)
    expect(await cache.getMany(['a', 'b'])).toEqual(
      new Map([
        ['a', 3],
        ['b', 2],
      ]),
    )
  })

  it('takes any iterable', async () => {
    const { cache } = stage.open()
    await cache.setMany(new Map([['a', 1]]))

    expect(await cache.get('a')).toBe(1)
  })

  it('rejects when a function of the value throws, and marks nothing for ever', async () => {
    const { cache } = stage.connect()
    const tags = (value: number): string[] => {
      if (value > 1) throw new Error('no tags')
      return []
    }

    const write = cache.setMany(
      [
        ['a', 1],
        ['b', 2],
      ],
      { tags },
    )

    await expect(write).rejects.toThrow('no tags')
  })
})

describe('update', () => {
  it('writes through, and resolves with the value', async () => {
    const { cache } = stage.connect()

    expect(await cache.update('key', async () => 'new')).toEqual({ value: 'new', reached: 'all', queued: false })
    expect(await cache.lookup('key')).toMatchObject({ value: 'new', from: 'memory' })
  })

  it('that crosses another leaves no older value, in whatever order they end', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      for (const open of [() => stage.open(), () => stage.connect(), () => stage.openBare()]) {
        const { cache } = open()
        const makes = [slowLoad(), slowLoad()]
        const updates = makes.map((make) => cache.update('key', () => make({} as never)))
        await stage.settle()
        for (const index of order) {
          makes[index]!.resolve(`value ${index}`)
          await stage.settle()
        }
        await Promise.all(updates)

        // Which of the two the database has, nobody knows here: neither may stay.
        expect(await cache.get('key')).toBeUndefined()
        await cache.delete('key')
      }
    }
  })

  it('that crosses another process’s leaves no older value', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    const make = slowLoad()
    const crossed = a.cache.update('key', () => make({} as never))
    await stage.settle()
    await b.cache.update('key', () => 'new')
    make.resolve('old')
    await crossed

    expect([await a.cache.get('key'), await b.cache.get('key')]).toEqual([undefined, undefined])
  })

  it('keeps a load that began before from landing after it', async () => {
    const { cache } = stage.connect()
    const load = slowLoad()
    const before = cache.getOrSet('key', load)
    await stage.settle()
    await cache.update('key', () => 'new')
    load.resolve('old')
    await before
    await stage.settle()

    expect(await cache.get('key')).toBe('new')
  })

  it('that throws removes the key, and rejects with what was thrown', async () => {
    for (const { cache } of [stage.open(), stage.connect(), stage.openBare()]) {
      await cache.set('key', 'old')

      await expect(cache.update('key', () => Promise.reject(new Error('rolled back')))).rejects.toThrow('rolled back')
      expect(await cache.get('key')).toBeUndefined()
    }
  })

  it('whose tags cannot be told removes the key: the database was written', async () => {
    const { cache } = stage.connect()
    await cache.set('key', 'old')
    const update = cache.update('key', () => 'new', {
      tags: () => {
        throw new Error('no tags')
      },
    })

    await expect(update).rejects.toThrow('no tags')
    expect(await cache.get('key')).toBeUndefined()
  })

  it('of undefined, or with ttl 0ms, removes', async () => {
    const { cache } = stage.connect()
    await cache.set('a', 'old')
    await cache.set('b', 'old')

    expect(await cache.update('a', () => undefined)).toEqual({ value: undefined, reached: 'all', queued: false })
    expect(await cache.update('b', () => 'new', { ttl: '0ms' })).toEqual({
      value: 'new',
      reached: 'all',
      queued: false,
    })
    expect((await cache.getMany(['a', 'b'])).size).toBe(0)
  })

  it('runs when the remote store is away, and is repaired', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    await b.cache.set('key', 'old')
    a.store.cut()

    expect(await a.cache.update('key', () => 'new')).toEqual({ value: 'new', reached: 'memory', queued: true })
    expect(await a.cache.get('key')).toBe('new')
    expect(await b.cache.get('key')).toBe('old')
    await a.store.mend()

    expect(await b.cache.get('key')).toBeUndefined()
    expect(await a.cache.get('key')).toBeUndefined()
  })

  it('without its lease removes rather than writes', async () => {
    const { cache, store } = stage.connect()
    store.wire.failNext('lease', new Error('refused'))

    expect(await cache.update('key', () => 'new')).toMatchObject({ value: 'new', reached: 'all' })
    expect(await cache.get('key')).toBeUndefined()
  })

  it('with skipRemote leaves nothing old behind', async () => {
    const { cache } = stage.connect()
    await cache.set('key', 'old')
    await cache.update('key', () => 'new', { skipRemote: true })

    expect(await cache.get('key')).toBeUndefined()
  })

  it('rejects what is no function', async () => {
    const { cache } = stage.open()

    await expect(cache.update('key', 'value' as never)).rejects.toThrow(/loader to be a function, got "value"/)
  })
})

describe('delete', () => {
  it('with hold keeps loads from being stored for so long', async () => {
    const { cache, memory } = stage.connect()
    await cache.delete('key', { hold: '2s' })
    expect(await cache.getOrSet('key', () => 'from a lagging replica')).toBe('from a lagging replica')
    await stage.settle()
    expect(memory.size).toBe(0)

    await stage.clock.advance(2_000)
    await cache.getOrSet('key', () => 'fresh')
    await stage.settle()

    expect(await cache.get('key')).toBe('fresh')
  })

  it('refuses wrong options', async () => {
    const { cache } = stage.open()

    await expect(cache.delete('key', { hodl: '2s' } as never)).rejects.toThrow(
      'Unknown option `hodl`. Did you mean `hold`? Known ones: hold.',
    )
    await expect(cache.delete('key', { hold: 2 as never })).rejects.toThrow(/`hold` to be a duration/)
    await expect(cache.delete(5 as never)).rejects.toThrow(/keys to be a string or an array of strings, got 5/)
  })
})

describe('counters', () => {
  it('count what was called', async () => {
    const { cache } = stage.open()
    await cache.set('a', 1)
    await cache.setMany([
      ['b', 1],
      ['c', 1],
    ])
    await cache.update('d', () => 1)
    await cache.delete(['a', 'b'])
    await cache.expire('c')
    await cache.invalidateTags('t')
    await cache.invalidateMatching('*')
    await cache.clear()

    expect(cache.stats()).toMatchObject({ sets: 4, deletes: 2, invalidations: 4 })
  })
})

describe('a write in two tiers', () => {
  it('by update keeps what was written as the caller isolates it', async () => {
    const { cache, memory } = stage.connect()
    const value = { a: 1 }
    await cache.update('shared', () => value)
    await cache.update('copied', () => value, { isolation: 'clone' })
    await cache.update('skipped', () => value, { skipMemory: true })

    expect(memory.get('shared')?.value).toBe(value)
    expect(memory.get('copied')?.value).toEqual(value)
    expect(memory.get('copied')?.value).not.toBe(value)
    expect(memory.get('skipped')).toBeUndefined()
    expect(await cache.get('skipped')).toEqual(value)
  })

  it('by update takes a lease that outlives its timeout by five seconds', async () => {
    const { cache } = stage.connect({ timeout: '10s' })
    const written = deferred<string>()
    const updated = cache.update('key', () => written.promise)
    await stage.settle()

    expect(stage.server.get('key')).toMatchObject({ kind: 'lease', endsAt: stage.clock.now() + 15_000 })
    written.resolve('value')
    await updated
  })

  it('by update ends what memory had before the database is written', async () => {
    const { cache, memory } = stage.connect()
    await cache.set('key', 'old')
    const written = deferred<string>()
    const updated = cache.update('key', () => written.promise)

    expect(memory.size).toBe(0)
    written.resolve('new')
    await updated
    expect(await cache.get('key')).toBe('new')
  })

  it('that skips memory keeps nothing there, even while the remote store is away', async () => {
    const { cache, memory, store } = stage.connect()
    await cache.set('key', 1, { skipMemory: true })
    store.cut()
    await cache.set('key', 1, { skipMemory: true })
    await cache.update('key', () => 1, { skipMemory: true })
    await cache.getOrSet('other', () => 1, { skipMemory: true })
    await stage.settle()

    expect(memory.size).toBe(0)
  })

  it('with tags, to a store that takes none, stands in memory alone unless that is skipped', async () => {
    const { cache, memory, store } = stage.openBare()
    expect(await cache.set('kept', 1, { tags: ['t'] })).toEqual({ reached: 'memory', queued: false })
    expect(await cache.set('skipped', 1, { tags: ['t'], skipMemory: true })).toEqual({
      reached: 'memory',
      queued: false,
    })

    expect([...memory.keys()]).toEqual(['kept'])
    expect(store.held.size).toBe(0)
  })

  it('takes a value as large as maxValueBytes, and none larger', async () => {
    const { cache } = stage.connect({ maxValueBytes: 10 })

    await cache.set('key', 'x'.repeat(8))
    await expect(cache.set('key', 'x'.repeat(9))).rejects.toThrow(
      'The value takes 11 bytes and `maxValueBytes` is 10: store less, or raise the option.',
    )
  })

  it('crosses a load of the same key: whatever that finds is not kept', async () => {
    const { cache } = stage.connect()
    const load = slowLoad()
    const read = cache.getOrSet('key', load)
    await stage.settle()
    await cache.set('key', 'set')
    load.resolve('loaded')

    expect(await read).toBe('loaded')
    await stage.settle()
    expect(await cache.get('key')).toBe('set')
    expect(await cache.get('key', { skipMemory: true })).toBe('set')
  })
})
