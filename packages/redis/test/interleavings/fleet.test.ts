import { startRedis } from '@holdfast/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { openProcess, slowLoad, until, type Process } from '../support/process.ts'
import { command } from '../support/staged-connector.ts'

const server = await startRedis()
afterAll(() => server.stop())

let tests = 0
const own = (): { store: { prefix: string }; fleetSingleFlight: boolean } => ({
  store: { prefix: `test${tests++}:` },
  fleetSingleFlight: true,
})

type Fleet = readonly [a: Process, b: Process, c: Process]

async function openFleet(options = own()): Promise<Fleet> {
  return [await openProcess(server, options), await openProcess(server, options), await openProcess(server, options)]
}

/** The process waits for a load of another one. */
const waits = (process: Process, times = 1): Promise<void> =>
  until(() => process.cache.stats().fleetWaits >= times && process.stage.sent.some(([name]) => name === 'EVALSHA'))

describe('one load for a fleet', () => {
  it('is waited for, and its value is stored and kept by all who waited', async () => {
    const [a, b, c] = await openFleet()
    const load = slowLoad('v1')
    const first = a.cache.getOrSet('k', load.load)
    await load.begun

    const others = [b, c].flatMap(({ cache }) => [1, 2, 3].map(() => cache.getOrSet('k', () => 'loaded beside')))
    await waits(b)
    await waits(c)
    load.finish()

    expect([await first, ...(await Promise.all(others))]).toEqual(Array(7).fill('v1'))
    expect(load.calls + b.cache.stats().loads + c.cache.stats().loads).toBe(1)
    expect(b.memory.get('k')?.value).toBe('v1')
  })

  it('lost-wake-up: a fill that lands before the question who loads is found by it', async () => {
    const [a, b] = await openFleet()
    const load = slowLoad('v1')
    const first = a.cache.getOrSet('k', load.load)
    await load.begun
    const question = b.stage.holdRequest(command('EVALSHA', 'k'))
    const other = b.cache.getOrSet('k', () => 'loaded beside')
    await question.arrived

    load.finish()
    await first
    await a.settle()
    question.release()

    expect(await other).toBe('v1')
    expect(b.cache.stats().fleetWaits).toBe(0)
  })

  it('lost-wake-up: a fill that is heard of before the answer who loads ends the wait', async () => {
    const [a, b] = await openFleet()
    const load = slowLoad('v1')
    const first = a.cache.getOrSet('k', load.load)
    await load.begun
    const answer = b.stage.holdReply(command('EVALSHA', 'k'))
    const other = b.cache.getOrSet('k', () => 'loaded beside')
    await answer.arrived

    load.finish()
    await first
    await a.settle()
    // Heard after what the fill tells.
    await a.cache.delete('something else')
    await b.heard('something else')
    answer.release()

    expect(await other).toBe('v1')
    expect(b.cache.stats().loads).toBe(0)
  })

  it('a holder whose loader fails lets the next one load at once', async () => {
    const [a, b, c] = await openFleet()
    const load = slowLoad('v1')
    const failing = a.cache.getOrSet('k', async () => {
      await load.load()
      throw new Error('no database')
    })
    await load.begun
    const others = [b, c].map(({ cache }) => cache.getOrSet('k', () => 'v2'))
    await waits(b)
    await waits(c)

    load.finish()

    await expect(failing).rejects.toThrow('no database')
    expect(await Promise.all(others)).toEqual(['v2', 'v2'])
    expect(b.cache.stats().loads + c.cache.stats().loads).toBe(1)
  })

  it('dead-holder: the end of its lock is noticed, and one of those who waited loads', async () => {
    const [a, b, c] = await openFleet()
    const load = slowLoad('v1')
    a.cache.getOrSet('k', load.load).catch(() => undefined)
    await load.begun
    const others = [b, c].map(({ cache }) => cache.getOrSet('k', () => 'v2'))
    await waits(b)
    await waits(c)
    await a.cutOff()
    expect(Number(await server.command('PTTL', `${keyOf(b)}k`))).toBeLessThanOrEqual(3_000)

    // Its lock ends in Redis, whose clock nobody moves; then the clocks of those who wait reach that instant.
    await server.command('DEL', `${keyOf(b)}k`)
    await b.clock.advance(3_100)
    await c.clock.advance(3_100)

    expect(await Promise.all(others)).toEqual(['v2', 'v2'])
    expect(b.cache.stats().loads + c.cache.stats().loads).toBe(1)
  })

  it('a load that takes long keeps its lock', async () => {
    const [a, b] = await openFleet()
    const load = slowLoad('v1')
    const first = a.cache.getOrSet('k', load.load)
    await load.begun
    await server.command('PEXPIRE', `${keyOf(a)}k`, '60')

    await a.clock.advance(1_000)
    await until(async () => Number(await server.command('PTTL', `${keyOf(a)}k`)) > 2_000)
    const other = b.cache.getOrSet('k', () => 'loaded beside')
    await waits(b)
    load.finish()

    expect([await first, await other]).toEqual(['v1', 'v1'])
  })

  it('nobody waits past waitFor: it loads beside, and what was first stays', async () => {
    const [a, b] = await openFleet()
    const hanging = slowLoad('v1')
    const first = a.cache.getOrSet('k', hanging.load)
    await hanging.begun
    const other = b.cache.getOrSet('k', () => 'beside', { fleetSingleFlight: { waitFor: '500ms' } })
    await waits(b)

    await b.clock.advance(500)
    expect(await other).toBe('beside')
    await b.settle()
    hanging.finish()

    expect(await first).toBe('v1')
    await a.settle()
    expect(await a.cache.get('k')).toBe('beside')
  })

  it('nobody waits past its own timeout', async () => {
    const [a, b] = await openFleet()
    const hanging = slowLoad('v1')
    const first = a.cache.getOrSet('k', hanging.load)
    await hanging.begun
    const other = b.cache.getOrSet('k', () => 'beside', { timeout: '1s', fleetSingleFlight: { waitFor: '5s' } })
    other.catch(() => undefined)
    await waits(b)

    await b.clock.advance(1_000)

    await expect(other).rejects.toThrow('longer than 1000 ms')
    hanging.finish()
    await first
  })

  it('cut off from Redis while it waits, a process loads once by itself', async () => {
    const [a, b] = await openFleet()
    const load = slowLoad('v1')
    const first = a.cache.getOrSet('k', load.load)
    await load.begun
    const others = [1, 2, 3].map(() => b.cache.getOrSet('k', () => 'by itself'))
    await waits(b)

    await b.cutOff()

    expect(await Promise.all(others)).toEqual(['by itself', 'by itself', 'by itself'])
    expect(b.cache.stats().loads).toBe(1)
    load.finish()
    await first
  })

  it('an update is not waited for: it may write long', async () => {
    const [a, b] = await openFleet()
    const writing = slowLoad('v2')
    const updated = a.cache.update('k', writing.load)
    await writing.begun

    expect(await b.cache.getOrSet('k', () => 'v1')).toBe('v1')

    writing.finish()
    await updated
    expect(await b.cache.getOrSet('k', () => 'v1')).toBe('v2')
  })
})

describe('what ends a load elsewhere', () => {
  it('a delete: those who waited load anew, once', async () => {
    const [a, b, c] = await openFleet()
    const old = slowLoad('v1')
    const first = a.cache.getOrSet('k', old.load)
    await old.begun
    const waiting = [b, c].map(({ cache }) => cache.getOrSet('k', () => 'v2'))
    await waits(b)
    await waits(c)

    await a.cache.delete('k')
    expect(await Promise.all(waiting)).toEqual(['v2', 'v2'])
    old.finish()

    expect(await first).toBe('v1')
    await a.settle()
    expect(await a.cache.get('k')).toBe('v2')
    expect(b.cache.stats().loads + c.cache.stats().loads).toBe(1)
  })

  it('fenced-fill: one that was fenced off wakes who waits, and is not believed', async () => {
    const [a, b, c] = await openFleet()
    const old = slowLoad('v1')
    const first = a.cache.getOrSet('k', old.load)
    await old.begun
    const waiting = [b, c].map(({ cache }) => cache.getOrSet('k', () => 'v2'))
    await waits(b)
    await waits(c)

    // Evicted: nobody announces it, and only the fill finds out.
    await server.command('DEL', `${keyOf(a)}k`)
    old.finish()

    expect(await first).toBe('v1')
    expect(await Promise.all(waiting)).toEqual(['v2', 'v2'])
    expect(b.cache.stats().loads + c.cache.stats().loads).toBe(1)
    expect(a.memory.get('k')).toBeUndefined()
  })

  it.each(['clear', 'invalidateMatching'] as const)('%s', async (operation) => {
    const [a, b, c] = await openFleet()
    const old = slowLoad('v1')
    const first = a.cache.getOrSet('k', old.load)
    await old.begun
    const waiting = b.cache.getOrSet('k', () => 'v2')
    await waits(b)

    await (operation === 'clear' ? c.cache.clear() : c.cache.invalidateMatching('k*'))

    expect(await waiting).toBe('v2')
    old.finish()
    await first
    await a.settle()
    expect(await c.cache.getOrSet('k', () => 'v3')).toBe('v2')
  })
})

describe('where something stands at the key', () => {
  it('stale-locked: a stale entry stays and is served within grace while one process loads', async () => {
    const [a, b, c] = await openFleet()
    await a.cache.set('k', 'v1', { ttl: '1m', grace: '1h' })
    await a.cache.expire('k')
    const load = slowLoad('v2')
    const first = a.cache.getOrSet('k', load.load, { grace: '1h' })
    await load.begun
    await b.clock.advance(500)
    await c.clock.advance(500)

    const served = await b.cache.lookup('k', () => 'beside', { grace: '1h' })
    const patient = c.cache.getOrSet('k', () => 'beside')
    await waits(c)
    load.finish()

    expect(served).toMatchObject({ value: 'v1', isStale: true, from: 'remote' })
    expect(await first).toBe('v2')
    expect(await patient).toBe('v2')
    expect(b.cache.stats().loads + c.cache.stats().loads).toBe(0)
    await until(() => b.memory.get('k')?.value === 'v2')
  })

  it('stale-locked: the lock of a holder that gave up is free at once, and the entry as it was', async () => {
    const [a, b] = await openFleet()
    await a.cache.set('k', 'v1', { ttl: '1m', grace: '1h' })
    await a.cache.expire('k')
    const failing = a.cache.getOrSet('k', () => Promise.reject(new Error('no database')))
    await expect(failing).rejects.toThrow('no database')
    await a.settle()

    await b.clock.advance(500)
    expect(await b.cache.get('k', { stale: true })).toBe('v1')
    expect(await b.cache.getOrSet('k', () => 'v2')).toBe('v2')
    expect(b.cache.stats().fleetWaits).toBe(0)
  })

  it('stale-locked: an expire while it is loaded frees the lock and refuses the fill', async () => {
    const [a, b, c] = await openFleet()
    await a.cache.set('k', 'v1', { ttl: '1m', grace: '1h' })
    await a.cache.expire('k')
    const old = slowLoad('v2')
    const first = a.cache.getOrSet('k', old.load)
    await old.begun
    await b.clock.advance(500)
    const waiting = b.cache.getOrSet('k', () => 'v3')
    await waits(b)

    await c.cache.expire('k')

    expect(await waiting).toBe('v3')
    old.finish()
    expect(await first).toBe('v2')
    await a.settle()
    expect(await c.cache.get('k')).toBe('v3')
  })

  it('an entry of an invalidated tag gives way to a lease', async () => {
    const [a, b, c] = await openFleet()
    await a.cache.set('k', 'v1', { tags: ['t'], grace: '1h' })
    expect(await b.cache.get('k')).toBe('v1')
    await c.cache.invalidateTags('t')
    await b.heard('t')
    await a.heard('t')
    const load = slowLoad('v2')
    const first = a.cache.getOrSet('k', load.load, { tags: ['t'], grace: '1h' })
    await load.begun

    const other = b.cache.getOrSet('k', () => 'beside', { tags: ['t'], grace: '1h' })
    await waits(b)
    load.finish()

    expect([await first, await other]).toEqual(['v2', 'v2'])
    expect(b.cache.stats().loads).toBe(0)
  })

  it('a refresh ahead is one for all', async () => {
    const options = { ...own(), refreshAhead: 0.5 }
    const [a, b] = await openFleet(options)
    await a.cache.set('k', 'v1', { ttl: '1s' })
    expect(await b.cache.get('k')).toBe('v1')
    await a.clock.advance(700)
    await b.clock.advance(700)
    const load = slowLoad('v2')

    expect(await a.cache.getOrSet('k', load.load, { ttl: '1s' })).toBe('v1')
    await load.begun
    expect(await b.cache.getOrSet('k', () => 'beside', { ttl: '1s' })).toBe('v1')
    await waits(b)
    load.finish()

    await until(() => b.memory.get('k')?.value === 'v2')
    expect(b.cache.stats().loads).toBe(0)
  })

  it('something foreign gives way to a lease', async () => {
    const [a, b] = await openFleet()
    await server.command('RPUSH', `${keyOf(a)}k`, 'a list')
    const load = slowLoad('v1')
    const first = a.cache.getOrSet('k', load.load)
    await load.begun

    const other = b.cache.getOrSet('k', () => 'beside')
    await waits(b)
    load.finish()

    expect([await first, await other]).toEqual(['v1', 'v1'])
  })
})

function keyOf({ store }: Process): string {
  return String(store.describe().details?.['prefix'])
}
