import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ObservedCall, ObservedLoad } from '../src/observer.ts'
import { setStage } from './world/stage.ts'

const stage = setStage()

describe('an observer of reads', () => {
  it('hears of each key once, whatever comes of it and however it is read', async () => {
    const { cache, memory } = stage.connect()
    const heard: string[] = []
    using _observing = cache.observe({ read: (key, namespace) => heard.push(`${namespace}|${key}`) })
    const view = cache.namespace('n')

    await cache.get('miss')
    await cache.getOrSet('@key', () => 1)
    await stage.settle()
    await cache.get('@key')
    await cache.getOrSet('@key', () => 2)
    memory.clear()
    await cache.lookup('@key')
    await cache.getMany(['a', 'b'])
    await view.getOrSetMany(['c'], () => new Map([['c', 1]]))
    await stage.settle()
    await view.get('c')

    const { hits, misses } = cache.stats()
    expect(heard).toEqual(['|miss', '|@key', '|@key', '|@key', '|@key', '|a', '|b', 'n|c', 'n|c'])
    expect(heard).toHaveLength(hits + misses)
  })

  it('hears nothing of what looks only', async () => {
    const { cache } = stage.connect()
    const heard: string[] = []
    using _observing = cache.observe({ read: (key) => heard.push(key) })

    await cache.inspect('key')
    await cache.set('key', 1)

    expect(heard).toEqual([])
  })

  it('hears no more when it was disposed of, and another still does', async () => {
    const { cache } = stage.open()
    const heard: string[] = []
    const first = cache.observe({ read: () => heard.push('first') })
    cache.observe({ read: () => heard.push('second') })
    await cache.get('key')
    first[Symbol.dispose]()

    await cache.get('key')

    expect(heard).toEqual(['first', 'second', 'second'])
  })
})

describe('an observer of loads', () => {
  it('stands around the loader, in whose async context it runs', async () => {
    const { cache } = stage.open()
    const context = new AsyncLocalStorage<string>()
    const seen: (ObservedLoad | string | undefined)[] = []
    cache.observe({
      load(about, run) {
        seen.push(about)
        context.run('inside', () => void run().then(() => seen.push('done')))
      },
    })

    const value = await cache.namespace('n').getOrSet('key', async () => {
      seen.push(context.getStore())
      return 'value'
    })

    expect(value).toBe('value')
    expect(seen).toEqual([{ keys: ['key'], namespace: 'n' }, 'inside', 'done'])
  })

  it('sees a load of many keys as one', async () => {
    const { cache } = stage.open()
    const seen: ObservedLoad[] = []
    cache.observe({
      load(about, run) {
        seen.push(about)
        void run()
      },
    })

    await cache.getOrSetMany(['a', 'b'], (missing) => new Map(missing.map((key) => [key, 1])))

    expect(seen).toEqual([{ keys: ['a', 'b'], namespace: '' }])
  })

  it('stands outside of those that came later', async () => {
    const { cache } = stage.open()
    const order: string[] = []
    for (const name of ['outer', 'inner'])
      cache.observe({
        load(_, run) {
          order.push(name)
          void run().then(() => order.push(`${name} done`))
        },
      })

    await cache.getOrSet('key', () => order.push('load'))
    await stage.settle()

    expect(order.slice(0, 3)).toEqual(['outer', 'inner', 'load'])
    expect(order).toHaveLength(5)
  })
})

describe('an observer of calls', () => {
  it('sees each call of the remote store once, with how much it is about', async () => {
    const { cache } = stage.connect()
    const seen: ObservedCall[] = []
    using _observing = cache.observe({
      call(about, run) {
        seen.push(about)
        void run()
      },
    })

    await cache.getMany(['a', 'b'])
    await cache.invalidateTags(['t', 'u'])
    await cache.ping()

    expect(seen).toEqual([
      { operation: 'getMany', size: 2 },
      { operation: 'invalidateTags', size: 2 },
      expect.objectContaining({ size: 1 }),
    ])
  })
})

describe('an observer that misbehaves', () => {
  const warned = vi.fn<(warning: string | Error) => void>()
  beforeEach(() => void vi.spyOn(process, 'emitWarning').mockImplementation(warned))
  afterEach(() => vi.restoreAllMocks())

  it('is a warning and nobody’s failure', async () => {
    const { cache } = stage.connect()
    const fail = (): never => {
      throw new Error('oops')
    }
    cache.observe({ read: fail, load: fail, call: fail })

    expect(await cache.getOrSet('key', () => 'value')).toBe('value')
    await stage.settle()
    expect(await cache.get('key')).toBe('value')
    expect(warned.mock.calls.length).toBeGreaterThan(2)
    expect(String(warned.mock.calls[0]![0])).toContain('oops')
  })

  it('neither keeps a load from running nor runs it twice', async () => {
    const { cache } = stage.open()
    let loads = 0
    cache.observe({ load: () => undefined })
    cache.observe({
      load(_, run) {
        void run()
        void run()
        throw new Error('after')
      },
    })

    expect(await cache.getOrSet('key', () => ++loads)).toBe(1)
    expect(loads).toBe(1)
  })

  it('is refused when it is no object', () => {
    const { cache } = stage.open()

    expect(() => cache.observe(undefined as never)).toThrow('Expected the observer to be an object of functions')
  })
})

describe('calls of the remote store', () => {
  it('are counted and timed by method, a batch as one', async () => {
    const { cache } = stage.connect()
    await cache.getMany(['a', 'b', 'c'])
    await cache.get('d')

    const { getMany, setMany } = cache.stats().shared.remoteCalls
    expect(getMany).toMatchObject({ count: 2, timeouts: 0, failures: 0 })
    expect(setMany).toBeUndefined()
  })

  it('that are not answered in time count with the time they were waited for, and once', async () => {
    const { cache, store } = stage.openBare({ remoteTimeout: '100ms' })
    const letGo = store.wire.hold('reply', 'getMany')
    const read = cache.get('key')
    await stage.clock.advance(100)
    await read
    letGo()
    await stage.clock.advance(1)

    const { count, timeouts, failures, maxMs } = cache.stats().shared.remoteCalls['getMany']!
    expect({ count, timeouts, failures, maxMs }).toEqual({ count: 1, timeouts: 1, failures: 0, maxMs: 100 })
  })

  it('that fail have no length', async () => {
    const { cache, store } = stage.connect()
    store.cut()
    await cache.get('key')

    expect(cache.stats().shared.remoteCalls['getMany']).toMatchObject({ count: 0, timeouts: 0, failures: 1 })
  })

  it('are none without a remote store', async () => {
    const { cache } = stage.open()
    await cache.get('key')

    expect(cache.stats().shared.remoteCalls).toEqual({})
    expect(await cache.info()).toBeUndefined()
  })
})

describe('the tags of a cache', () => {
  it('are the user’s own, most stored first', async () => {
    const { cache } = stage.connect()
    await cache.set('a', 1, { tags: ['t', '~u'] })
    await cache.namespace('n').set('b', 1, { tags: ['t'] })
    await cache.invalidateTags('~u')

    expect(cache.tags()).toEqual([
      { tag: 't', stored: 2, invalidations: 0 },
      { tag: '~u', stored: 1, invalidations: 1 },
    ])
    expect(cache.tags(1)).toHaveLength(1)
    expect(() => cache.tags(0)).toThrow('Expected `limit`')
  })
})
