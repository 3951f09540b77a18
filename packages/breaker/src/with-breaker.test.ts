import {
  InvalidOptionError,
  RemoteTimeoutError,
  RemoteUnavailableError,
  type InvalidationListener,
  type RemoteStore,
} from '@holdfast/core'
import { fakeClock } from '@holdfast/testing'
import { describe, expect, it } from 'vitest'
import type { BreakerState } from './options.ts'
import { withBreaker } from './with-breaker.ts'

const options = { random: () => 0 } as const

describe('withBreaker', () => {
  it('passes calls and their results while closed', async () => {
    const store = withBreaker(storeOf({ getMany: async (keys) => keys.map(() => undefined) }), options)

    expect(await store.getMany(['a', 'b'], { deadlineAt: Number.MAX_SAFE_INTEGER })).toEqual([undefined, undefined])

    await store.close()
  })

  it('opens when half of five calls failed, and refuses without calling the store', async () => {
    let calls = 0
    const inner = storeOf({
      getMany: async () => {
        calls++
        throw new Error('ECONNRESET')
      },
    })
    const store = withBreaker(inner, options)

    for (let i = 0; i < 5; i++) await expect(read(store)).rejects.toThrow('ECONNRESET')
    await expect(read(store)).rejects.toBeInstanceOf(RemoteUnavailableError)

    expect(calls).toBe(5)
    expect(store.describe?.().details).toMatchObject({ breaker: 'open', breakerOpened: 1 })
    await store.close()
  })

  it('opens on three time-outs in a row and releases everyone who waits', async () => {
    const clock = fakeClock()
    const store = withBreaker(storeOf({ getMany: () => new Promise(() => undefined) }), { ...options, clock })
    const soon = [1, 2, 3].map(() => outcome(store.getMany(['a'], { deadlineAt: clock.now() + 100 })))
    const later = outcome(store.getMany(['a'], { deadlineAt: clock.now() + 60_000 }))

    await clock.advance(100)

    expect(await Promise.all(soon)).toEqual([
      expect.any(RemoteTimeoutError),
      expect.any(RemoteTimeoutError),
      expect.any(RemoteTimeoutError),
    ])
    expect(await later).toBeInstanceOf(RemoteUnavailableError)
    await store.close()
    expect(clock.pendingTimers).toBe(0)
  })

  it('a success between time-outs starts the count anew', async () => {
    const clock = fakeClock()
    let isSlow = true
    const store = withBreaker(
      storeOf({ getMany: async (keys) => (isSlow ? new Promise(() => undefined) : keys.map(() => undefined)) }),
      { ...options, clock, volumeThreshold: 100 },
    )

    for (const slow of [true, true, false, true, true]) {
      isSlow = slow
      const result = outcome(store.getMany(['a'], { deadlineAt: clock.now() + 100 }))
      await clock.advance(100)
      await result
    }

    expect(store.describe?.().details).toMatchObject({ breaker: 'closed' })
    await store.close()
  })

  it('closes only after a probe of its own and the replay of the store', async () => {
    const clock = fakeClock()
    const states: BreakerState[] = []
    const log: string[] = []
    let isDown = true
    const inner = storeOf({
      getMany: async (keys) => {
        log.push('getMany')
        if (isDown) throw new Error('down')
        return keys.map(() => undefined)
      },
      ping: async () => {
        log.push('ping')
        if (isDown) throw new Error('down')
        return 1
      },
      reopen: async () => {
        log.push('reopen')
      },
    })
    const store = withBreaker(inner, { ...options, clock, onStateChange: ({ to }) => states.push(to) })
    for (let i = 0; i < 5; i++) await outcome(read(store))
    log.length = 0

    await clock.advance(1_000)
    expect(log).toEqual(['ping'])
    expect(await outcome(read(store))).toBeInstanceOf(RemoteUnavailableError)

    isDown = false
    await clock.advance(1_000)
    expect(log).toEqual(['ping', 'ping', 'reopen'])
    expect(states).toEqual(['open', 'halfOpen', 'open', 'halfOpen', 'closed'])
    await expect(read(store)).resolves.toEqual([undefined])
    await store.close()
  })

  it('stays open while the store cannot open a session', async () => {
    const clock = fakeClock()
    const inner = storeOf({
      getMany: async () => {
        throw new Error('down')
      },
      ping: async () => 1,
      reopen: async () => {
        throw new Error('the replay failed')
      },
    })
    const store = withBreaker(inner, { ...options, clock })
    for (let i = 0; i < 5; i++) await outcome(read(store))

    await clock.advance(1_000)

    expect(store.describe?.().details).toMatchObject({ breaker: 'open' })
    await store.close()
  })

  it('shuts out writes alone when only they fail, until one of its own is taken', async () => {
    const clock = fakeClock()
    const moves: string[] = []
    let isFull = true
    let writes = 0
    const inner = storeOf({
      setMany: async (entries) => {
        writes++
        if (isFull) throw new Error('OOM')
        return entries.map(() => [])
      },
      deleteMany: async () => {
        if (isFull) throw new Error('OOM')
      },
    })
    const store = withBreaker(inner, { ...options, clock, onStateChange: (it) => moves.push(`${it.scope} ${it.to}`) })
    for (let i = 0; i < 5; i++) await outcome(write(store))

    expect(await outcome(write(store))).toMatchObject({
      code: 'ERR_HOLDFAST_REMOTE_UNAVAILABLE',
      cause: new Error('OOM'),
    })
    expect(writes).toBe(5)
    await expect(read(store)).resolves.toEqual([undefined])
    expect(store.describe?.()).toMatchObject({ details: { breaker: 'closed', breakerWrites: 'open' } })
    expect(store.describe?.().limits.at(-1)).toContain('Writes fail')
    expect(store.describe?.().state).not.toBe('away')

    await clock.advance(1_000)
    expect(await outcome(write(store))).toBeInstanceOf(RemoteUnavailableError)
    isFull = false
    await clock.advance(1_000)

    await expect(write(store)).resolves.toEqual([[]])
    expect(moves).toEqual(['writes open', 'writes halfOpen', 'writes open', 'writes halfOpen', 'writes closed'])
    expect(store.describe?.().details).toMatchObject({ breakerWrites: 'closed', breakerReason: 'probe succeeded' })
    await store.close()
  })

  it('releases writes that wait, and no reads, when writes are shut out', async () => {
    const clock = fakeClock()
    const inner = storeOf({
      getMany: () => new Promise(() => undefined),
      setMany: (entries) => (entries.length === 1 ? Promise.reject(new Error('OOM')) : new Promise(() => undefined)),
    })
    const store = withBreaker(inner, { ...options, clock })
    const reading = outcome(store.getMany(['a'], { deadlineAt: clock.now() + 60_000 }))
    const writing = outcome(store.setMany([], { deadlineAt: clock.now() + 60_000 }))
    // The one that waits is a call of the window, too.
    for (let i = 0; i < 5; i++) await outcome(write(store))

    expect(await writing).toBeInstanceOf(RemoteUnavailableError)
    expect(await Promise.race([reading, Promise.resolve('waits')])).toBe('waits')
    await store.close()
    expect(await reading).toBeInstanceOf(RemoteUnavailableError)
  })

  it('lets writes in together with all the rest', async () => {
    const clock = fakeClock()
    let isDown = true
    const fail = async (): Promise<never> => {
      throw new Error('down')
    }
    const inner = storeOf({
      getMany: async (keys) => (isDown ? fail() : keys.map(() => undefined)),
      setMany: async (entries) => (isDown ? fail() : entries.map(() => [])),
      deleteMany: fail,
      ping: async () => (isDown ? fail() : 1),
    })
    const store = withBreaker(inner, { ...options, clock })
    for (let i = 0; i < 5; i++) await outcome(write(store))
    for (let i = 0; i < 5; i++) await outcome(read(store))
    expect(store.describe?.().details).toMatchObject({ breaker: 'open', breakerWrites: 'open' })

    isDown = false
    await clock.advance(1_000)

    await expect(write(store)).resolves.toEqual([[]])
    await expect(read(store)).resolves.toEqual([undefined])
    await store.close()
    expect(clock.pendingTimers).toBe(0)
  })

  it('opens on slowness: what does not answer by its deadline failed', async () => {
    const clock = fakeClock()
    let calls = 0
    const inner = storeOf({
      // Every other call answers, so that there are never three time-outs in a row.
      getMany: (keys) =>
        ++calls % 2 === 0 ? Promise.resolve(keys.map(() => undefined)) : new Promise(() => undefined),
    })
    const store = withBreaker(inner, { ...options, clock })
    for (let i = 0; i < 6; i++) {
      const result = outcome(store.getMany(['a'], { deadlineAt: clock.now() + 100 }))
      await clock.advance(100)
      await result
    }

    expect(store.describe?.().details).toMatchObject({ breaker: 'open', breakerReason: 'failures' })
    await store.close()
  })

  it('says what failed, to those that it refuses and to the cache', async () => {
    const states: unknown[] = []
    let tell: InvalidationListener['state']
    const failure = new Error('ECONNRESET')
    const inner = storeOf({
      getMany: async () => {
        throw failure
      },
      listen: (listener) => {
        tell = listener.state?.bind(listener)
        return () => undefined
      },
    })
    const store = withBreaker(inner, options)
    store.listen?.(
      {
        heard: () => undefined,
        gap: () => undefined,
        drain: () => undefined,
        applied: () => undefined,
        restore: () => undefined,
        state: (state, cause) => states.push([state, (cause as Error | undefined)?.cause]),
      },
      { clock: fakeClock(), maxStalenessMs: 1_000, heartbeatMs: 100 },
    )
    for (let i = 0; i < 5; i++) await outcome(read(store))
    // A session that opens while nobody is let in is no news.
    tell?.('ready')

    expect(states).toEqual([['away', failure]])
    expect(await outcome(read(store))).toMatchObject({ cause: failure })
    await store.close()
  })

  it('keeps absent abilities absent', () => {
    const store = withBreaker(storeOf({}), options)

    expect('lease' in store).toBe(false)
    expect('listen' in store).toBe(false)
    expect('ping' in store).toBe(false)
  })

  it('refuses options that cannot be used, by name', () => {
    expect(() => withBreaker(storeOf({}), { errorThreshold: 0 })).toThrow('`errorThreshold`')
    expect(() => withBreaker(storeOf({}), { volumeThreshold: 1.5 })).toThrow('`volumeThreshold`')
    expect(() => withBreaker(storeOf({}), { probeEvery: '0ms' })).toThrow('`probeEvery`')
    expect(() => withBreaker(storeOf({}), { window: 5 as never })).toThrow('`window`')
    expect(() => withBreaker(storeOf({}), { treshold: 5 } as never)).toThrow('Unknown option `treshold`. Known ones: e')
    expect(() => withBreaker(storeOf({}), { probeevery: '1s' } as never)).toThrow('Did you mean `probeEvery`?')
  })

  it.each([
    ['redis://me:secret@localhost', 'got "redis://…@localhost". Write `withBreaker(redisStore(url))`.'],
    [undefined, 'got undefined. Write `withBreaker(redisStore(url))`.'],
    [{}, 'to have getMany(), setMany(), deleteMany(), close(). Write `withBreaker(redisStore(url))`.'],
  ])('refuses %o for the store', (store, message) => {
    expect(() => withBreaker(store as never)).toThrow(InvalidOptionError)
    expect(() => withBreaker(store as never)).toThrow(message)
  })

  it('rejects what waits when it is closed, and leaves no timer', async () => {
    const clock = fakeClock()
    const store = withBreaker(storeOf({ getMany: () => new Promise(() => undefined) }), { ...options, clock })
    const waiting = outcome(store.getMany(['a'], { deadlineAt: clock.now() + 100 }))

    await clock.advance(0)
    await store.close()

    expect(await waiting).toBeInstanceOf(RemoteUnavailableError)
    expect(clock.pendingTimers).toBe(0)
  })
})

function read(store: RemoteStore): Promise<unknown> {
  return store.getMany(['a'], { deadlineAt: Number.MAX_SAFE_INTEGER })
}

function write(store: RemoteStore): Promise<unknown> {
  const entry = {
    key: 'a',
    payload: new Uint8Array(),
    serializer: 'json',
    createdAt: 0,
    staleAt: 1,
    expiresAt: 1,
    tags: [],
  }
  return store.setMany([entry], { deadlineAt: Number.MAX_SAFE_INTEGER })
}

function outcome(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => error)
}

describe('what a breaker passes on besides calls', () => {
  const call = { deadlineAt: Number.MAX_SAFE_INTEGER }

  it('scans while it is closed, and refuses when it is open', async () => {
    const fails = new Set<string>()
    const inner = storeOf({
      getMany: async (keys) => {
        if (fails.size > 0) throw new Error('ECONNRESET')
        return keys.map(() => undefined)
      },
      async *scan(pattern) {
        yield [`${pattern}1`]
        yield [`${pattern}2`]
      },
      barrier: async () => undefined,
    })
    const store = withBreaker(inner, options)
    const scanned = async (): Promise<unknown> => {
      const pages: (readonly string[])[] = []
      for await (const page of store.scan!('a')) pages.push(page)
      return pages
    }

    expect(await scanned()).toEqual([['a1'], ['a2']])
    expect(await store.barrier!('key', call)).toBeUndefined()
    fails.add('all')
    for (let n = 0; n < 5; n++) await read(store).catch(() => undefined)

    await expect(scanned()).rejects.toThrow('left alone')
    await expect(store.barrier!('key', call)).rejects.toThrow('left alone')
    await store.close()
  })

  it('hands a listener all that the store says, its own state as its own, and nothing after the end', async () => {
    const clock = fakeClock()
    const told: unknown[] = []
    let inner: InvalidationListener | undefined
    let isDown = false
    let ended = 0
    const answer = async <T>(value: T): Promise<T> => {
      if (isDown) throw new Error('ECONNRESET')
      return value
    }
    const store = withBreaker(
      storeOf({
        getMany: (keys) => answer(keys.map(() => undefined)),
        ping: () => answer(1),
        listen(listener) {
          inner = listener
          return () => void ended++
        },
      }),
      { ...options, clock },
    )
    const journalled = { keys: ['k'], tags: [], all: false }
    const end = store.listen!(
      {
        heard: (what) => void told.push(what),
        gap: () => void told.push('gap'),
        drain: () => journalled,
        applied: (each) => void told.push(['applied', each]),
        restore: (each) => void told.push(['restore', each]),
        state: (state) => void told.push(state),
      },
      {} as never,
    )

    inner!.heard({ type: 'all' })
    inner!.gap()
    expect(inner!.drain()).toBe(journalled)
    inner!.applied(journalled)
    inner!.restore(journalled)
    inner!.state?.('ready')
    expect(told.splice(0)).toEqual([{ type: 'all' }, 'gap', ['applied', journalled], ['restore', journalled], 'ready'])

    isDown = true
    for (let n = 0; n < 5; n++) await read(store).catch(() => undefined)
    // The store may be there before anybody may use it.
    inner!.state?.('ready')
    expect(told.splice(0)).toEqual(['away'])
    isDown = false
    await clock.advance(2_000)
    expect(told.splice(0)).toEqual(['ready'])

    end()
    isDown = true
    for (let n = 0; n < 5; n++) await read(store).catch(() => undefined)
    expect([told, ended]).toEqual([[], 1])
    await store.close()
  })

  it('counts an error that cannot be judged, and survives a listener of the user that throws', async () => {
    const warned: string[] = []
    const note = (warning: Error): void => void warned.push(warning.message)
    process.on('warning', note)
    const broken = (): never => {
      throw new Error('of the user')
    }
    const inner = storeOf({
      getMany: () => {
        throw new Error('thrown, not rejected')
      },
    })
    const store = withBreaker(inner, { ...options, isFailure: broken, onStateChange: broken })

    for (let n = 0; n < 5; n++) await read(store).catch(() => undefined)
    await expect(read(store)).rejects.toThrow('left alone')
    await new Promise((resolve) => setImmediate(resolve))

    expect(warned).toContainEqual(expect.stringContaining('of a breaker threw: Error: of the user'))
    process.off('warning', note)
    await store.close()
  })

  it('refuses what is no function where one is expected', () => {
    for (const name of ['isFailure', 'onStateChange', 'random'])
      expect(() => withBreaker(storeOf({}), { [name]: 'text' })).toThrow(`\`${name}\` to be a function, got string`)
  })
})

function storeOf(methods: Partial<RemoteStore>): RemoteStore {
  return {
    getMany: async (keys) => keys.map(() => undefined),
    setMany: async (writes) => writes.map(() => []),
    deleteMany: async () => undefined,
    close: async () => undefined,
    ...methods,
  }
}
