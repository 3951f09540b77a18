import { describe, expect, it } from 'vitest'
import type { RemoteRead, RemoteStore, Stored } from '../src/contracts.ts'
import { RemoteTimeoutError } from '../src/errors.ts'
import { bareStore } from './world/bare-store.ts'
import { setStage } from './world/stage.ts'
import type { Operation } from './world/wire.ts'

const stage = setStage()

/** A store of somebody else with some methods gone wrong. */
function broken(methods: Partial<RemoteStore>): ReturnType<typeof bareStore> {
  return Object.assign(bareStore(), methods)
}

const never = (): Promise<never> => new Promise(() => {})
const throws = (): never => {
  throw new Error('thrown, not rejected')
}

describe('a store that throws instead of rejecting', () => {
  it('is a miss, and the loader answers', async () => {
    const { cache } = stage.openBare({}, broken({ getMany: throws, setMany: throws, deleteMany: throws }))

    expect(await cache.get('key')).toBeUndefined()
    expect(await cache.getOrSet('key', () => 'loaded')).toBe('loaded')
    expect(await cache.set('key', 'set')).toEqual({ reached: 'memory', queued: true })
    expect(await cache.delete('key')).toEqual({ reached: 'memory', queued: true })
  })
})

describe.each<[string, unknown]>([
  ['nothing at all', undefined],
  ['null', null],
  ['too few items', []],
  ['too many items', [undefined, undefined, undefined]],
  ['an object', {}],
  ['items that are null', [null]],
])('a store that answers %s', (_, answer) => {
  it('is a miss, and the loader answers', async () => {
    const store = broken({ getMany: async () => answer as readonly RemoteRead[] })
    const { cache } = stage.openBare({}, store)

    expect(await cache.get('key')).toBeUndefined()
    expect(await cache.getOrSet('key', () => 'loaded')).toBe('loaded')
    expect([...(await cache.getMany(['other'])).keys()]).toEqual([])
  })

  it('leaves what is set in memory', async () => {
    const store = broken({ setMany: async () => answer as readonly Stored[] })
    const { cache, memory } = stage.openBare({}, store)

    const written = await cache.set('key', 'value')

    expect(written.reached).toBe(Array.isArray(answer) && answer.length === 1 ? 'all' : 'memory')
    expect(memory.get('key')?.value).toBe(written.queued ? 'value' : undefined)
  })
})

describe('a store that never answers', () => {
  const open = () =>
    stage.openBare(
      { remoteTimeout: '80ms' },
      broken({ getMany: never, setMany: never, deleteMany: never, close: never }),
    )

  it('holds nobody up longer than remoteTimeout', async () => {
    const { cache } = open()
    const answers: string[] = []
    const note = (name: string) => (): unknown => answers.push(name)
    void cache.get('a').then(note('get'))
    void cache.getMany(['a', 'b']).then(note('getMany'))
    void cache.getOrSet('c', () => 'loaded').then(note('getOrSet'))
    void cache.set('d', 'set').then(note('set'))
    void cache.delete('e').then(note('delete'))
    void cache.update('f', () => 'updated').then(note('update'))
    void cache.invalidateTags('t').then(note('invalidateTags'))

    await stage.clock.advance(79)
    const before = [...answers]
    await stage.clock.advance(1)

    expect(before).toEqual(['invalidateTags'])
    expect(new Set(answers)).toEqual(
      new Set(['get', 'getMany', 'getOrSet', 'set', 'delete', 'update', 'invalidateTags']),
    )
  })

  it('is told as a remoteError, once for each call', async () => {
    const { cache } = open()
    const heard: [string, unknown][] = []
    cache.on('remoteError', ({ operation, cause }) => heard.push([operation, cause]))

    const reads = Promise.all([cache.get('a'), cache.get('b')])
    await stage.clock.advance(80)
    await reads

    expect(heard).toEqual([['getMany', expect.any(RemoteTimeoutError)]])
    expect(cache.stats().shared.remoteErrors).toBe(1)
  })

  it('does not hold up close()', async () => {
    const { cache } = open()
    let isClosed = false
    const read = cache.get('a').catch((error: Error) => error.name)
    const write = cache.set('b', 'value')
    const closed = cache.close().then(() => (isClosed = true))

    await stage.clock.advance(80)

    expect(isClosed).toBe(true)
    expect(await read).toBe('CacheClosedError')
    expect(await write).toEqual({ reached: 'memory', queued: true })
    await closed
  })
})

describe('a store that answers late', () => {
  it('is a miss, and what comes late is not kept', async () => {
    const { cache, memory, store } = stage.openBare()
    await cache.set('key', 'value')
    memory.clear()
    const release = store.wire.hold('reply', 'getMany')

    const read = cache.get('key')
    await stage.clock.advance(100)
    const given = await read
    release()
    await stage.settle()

    expect(given).toBeUndefined()
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 1 })
  })

  it('tells the failure once, though the call fails again later', async () => {
    let fail: (error: Error) => void = () => {}
    const store = broken({ getMany: () => new Promise((_, reject) => (fail = reject)) })
    const { cache } = stage.openBare({}, store)

    const read = cache.get('key')
    await stage.clock.advance(100)
    await read
    fail(new Error('much later'))
    await stage.settle()

    expect(cache.stats().shared.remoteErrors).toBe(1)
  })

  it('counts what had arrived while the event loop stood still as an answer', async () => {
    const { cache, memory, store } = stage.openBare()
    await cache.set('key', 'value')
    memory.clear()
    const release = store.wire.hold('reply', 'getMany')

    const read = cache.get('key')
    await stage.settle()
    stage.clock.stall(500)
    stage.clock.afterInput(release)
    await stage.clock.advance(0)

    expect(await read).toBe('value')
    expect(cache.stats().shared.remoteErrors).toBe(0)
  })
})

describe('a store whose close() rejects', () => {
  it('is told, and the cache is closed all the same', async () => {
    const { cache, memory } = stage.openBare({}, broken({ close: () => Promise.reject(new Error('will not close')) }))
    const heard: string[] = []
    cache.on('remoteError', ({ operation }) => heard.push(operation))
    await cache.set('key', 'value')

    await cache.close()

    expect(heard).toEqual(['close'])
    expect(memory.size).toBe(0)
  })
})

describe('a store that refuses', () => {
  it('is told as a remoteError that names the operation', async () => {
    const { cache, store } = stage.connect()
    const told: string[] = []
    cache.on('remoteError', ({ operation }) => told.push(operation))
    const refused = async (operation: Operation, use: () => Promise<unknown>): Promise<void> => {
      store.wire.failNext(operation, new Error('refused'))
      await use()
      await stage.clock.advance(2_000)
      // A change of which nobody knows ends the session; the next one begins with the replay.
      expect([operation, cache.stats().shared.journalEntries]).toEqual([operation, 0])
    }

    await refused('getMany', () => cache.get('key'))
    await refused('lease', () => cache.getOrSet('a', () => 1))
    await refused('fill', () => cache.getOrSet('b', () => 1))
    await refused('release', () => cache.getOrSet('c', ({ skip }) => skip()))
    await refused('setMany', () => cache.set('key', 1))
    await refused('deleteMany', () => cache.delete('key'))
    await refused('deleteMany', () => cache.delete('key', { hold: '1s' }))
    await refused('expire', () => cache.expire('key'))
    await refused('settle', () => cache.update('key', () => 1))
    await refused('invalidateTags', () => cache.invalidateTags('t'))
    await refused('invalidateMatching', () => cache.invalidateMatching('a*'))
    await refused('clear', () => cache.clear())

    expect(told).toEqual([
      'getMany',
      'lease',
      'fill',
      'release',
      'setMany',
      'deleteMany',
      'deleteMany',
      'expire',
      'settle',
      'invalidateTags',
      'invalidateMatching',
      'clear',
    ])
  })

  it('is asked for a lease again by the next load, though nothing of the first was stored', async () => {
    const { cache, memory, store } = stage.connect()
    store.wire.failNext('lease', new Error('refused'))
    await cache.getOrSet('key', () => 'first')
    memory.clear()

    expect(await cache.getOrSet('key', () => 'second')).toBe('second')
    await stage.settle()
    memory.clear()
    expect(await cache.get('key')).toBe('second')
  })
})

describe('a call that is not answered', () => {
  it('is a RemoteTimeoutError that names the operation, where it had a deadline of its own', async () => {
    const { cache, store } = stage.connect()
    const told: unknown[] = []
    cache.on('remoteError', ({ operation, cause }) => told.push([operation, cause]))
    Object.assign(store, { clear: never })

    const cleared = cache.clear()
    await stage.clock.advance(100)

    expect(await cleared).toEqual({ reached: 'memory', queued: true })
    expect(told).toEqual([
      ['clear', new RemoteTimeoutError('The remote store did not answer `clear` before the deadline.')],
    ])
  })
})
