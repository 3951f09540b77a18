import { describe, expect, it } from 'vitest'
import type { TakenLease } from '../src/contracts.ts'
import type { ServerStore } from './world/server-store.ts'
import { countCalls, slowLoad } from './world/slow-load.ts'
import { setStage } from './world/stage.ts'

const stage = setStage()

/** What a store of this process knows of the load of another one. */
interface Elsewhere {
  /** How often it was asked for the right to load alone, and told that another has it. */
  taken: number
  /** How many wait no longer. */
  left: number
  /** The other is done, or heard of no more: whoever asks from now on gets the right. */
  over(): void
}

/** Another process loads every key, until it is over. */
function loadsElsewhere(store: ServerStore): Elsewhere {
  const lease = store.lease.bind(store)
  const waiting = new Set<() => void>()
  let isOver = false
  const elsewhere: Elsewhere = {
    taken: 0,
    left: 0,
    over() {
      isOver = true
      for (const each of waiting) each()
    },
  }
  store.lease = (async (requests, call) => {
    if (isOver || requests.some(({ isSole }) => isSole !== true)) return lease(requests, call)
    return requests.map((): TakenLease => {
      elsewhere.taken++
      return { type: 'taken', whenOver: (over) => void waiting.add(over), leave: () => void elsewhere.left++ }
    })
  }) as ServerStore['lease']
  return elsewhere
}

const waitFor = '2s'
const options = { fleetSingleFlight: { waitFor }, timeout: '10s', ttl: '1m', grace: '1h' } as const

describe('a key that another process loads', () => {
  it('is waited for, and read when the other is done', async () => {
    const { cache, store } = stage.connect(options)
    const { cache: other } = stage.connect()
    const elsewhere = loadsElsewhere(store)
    const load = countCalls(async () => 'own')
    const asked = [cache.getOrSet('key', load), cache.getOrSet('key', load)]
    await stage.settle()

    await other.set('key', 'other')
    elsewhere.over()

    expect(await Promise.all(asked)).toEqual(['other', 'other'])
    expect(load.calls).toBe(0)
    expect(elsewhere.left).toBe(0)
    expect(cache.stats()).toMatchObject({ fleetWaits: 1, loads: 0 })
  })

  it('is loaded here when the other gave up', async () => {
    const { cache, store } = stage.connect(options)
    const elsewhere = loadsElsewhere(store)
    const load = countCalls(async () => 'own')
    const asked = cache.getOrSet('key', load)
    await stage.settle()
    expect(load.calls).toBe(0)

    elsewhere.over()

    expect(await asked).toBe('own')
    expect(load.calls).toBe(1)
  })

  it('is loaded here once it has been waited for long enough, and not before', async () => {
    const { cache, store } = stage.connect(options)
    const elsewhere = loadsElsewhere(store)
    const load = countCalls(async () => 'own')
    const asked = cache.getOrSet('key', load)

    await stage.clock.advance(1_999)
    expect([load.calls, elsewhere.left]).toEqual([0, 0])
    await stage.clock.advance(2)

    expect(await asked).toBe('own')
    expect([load.calls, elsewhere.left, elsewhere.taken]).toEqual([1, 1, 1])
  })

  it('is waited for half of the time that a load may take, unless said otherwise, and never longer than all of it', async () => {
    const half = stage.connect({ ...options, fleetSingleFlight: true, timeout: '4s' })
    const all = stage.connect({ ...options, fleetSingleFlight: { waitFor: '1m' }, timeout: '4s', grace: '0ms' })
    loadsElsewhere(half.store)
    loadsElsewhere(all.store)
    const load = countCalls(async () => 'own')
    const first = half.cache.getOrSet('key', load)
    const second = all.cache.getOrSet('other', load).catch((error: Error) => error.name)

    await stage.clock.advance(1_999)
    expect(load.calls).toBe(0)
    await stage.clock.advance(2)
    expect(await first).toBe('own')
    await stage.clock.advance(2_000)

    expect(await second).toBe('LoadTimeoutError')
    expect(load.calls).toBe(1)
  })

  it('is left when nobody here wants it any more', async () => {
    const { cache, store } = stage.connect(options)
    const elsewhere = loadsElsewhere(store)
    const load = countCalls(async () => 'own')
    const leaving = new AbortController()
    const asked = cache.getOrSet('key', load, { signal: leaving.signal }).catch((error: Error) => error.name)
    await stage.settle()

    leaving.abort()
    await stage.settle()

    expect(await asked).toBe('AbortError')
    expect([load.calls, elsewhere.left]).toEqual([0, 1])
  })

  it('is served stale meanwhile, and memory gets the new value', async () => {
    const { cache, store } = stage.connect(options)
    const { cache: other } = stage.connect({ ttl: '1m', grace: '1h' })
    await other.set('key', 'old')
    await stage.clock.advance(60_001)
    const elsewhere = loadsElsewhere(store)
    const load = countCalls(async () => 'own')

    expect(await cache.getOrSet('key', load)).toBe('old')
    await other.set('key', 'new')
    elsewhere.over()
    await stage.settle()

    expect(await cache.get('key')).toBe('new')
    expect(load.calls).toBe(0)
  })

  it('is loaded at once by who forces it, or asks for no such thing', async () => {
    const forcing = stage.connect(options)
    const plain = stage.connect({ ttl: '1m' })
    const elsewhere = [loadsElsewhere(forcing.store), loadsElsewhere(plain.store)]

    expect(await forcing.cache.getOrSet('key', async () => 'forced', { force: true })).toBe('forced')
    expect(await plain.cache.getOrSet('other', async () => 'plain')).toBe('plain')

    expect(elsewhere.map(({ taken }) => taken)).toEqual([0, 0])
    expect(forcing.cache.stats().fleetWaits).toBe(0)
  })

  it('is loaded by those who come after an invalidation, and those who waited share that', async () => {
    const { cache, store } = stage.connect(options)
    const elsewhere = loadsElsewhere(store)
    const load = slowLoad()
    const before = cache.getOrSet('key', load)
    await stage.settle()

    await cache.delete('key')
    elsewhere.over()
    const after = cache.getOrSet('key', load)
    await stage.settle()
    load.resolve('new')

    expect(await Promise.all([before, after])).toEqual(['new', 'new'])
    expect(load.calls).toBe(1)
  })
})
