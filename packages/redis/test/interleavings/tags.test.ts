import { setImmediate } from 'node:timers/promises'
import type { Cache, Duration } from '@holdfast/core'
import { startRedis } from '@holdfast/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { openProcess, slowLoad, until, type Process } from '../support/process.ts'
import { command } from '../support/staged-connector.ts'

const server = await startRedis()
afterAll(() => server.stop())

let tests = 0
const own = (): { store: { prefix: string } } => ({ store: { prefix: `test${tests++}:` } })

/** How many tags a process knows the versions of. */
const knownTags = (process: Process): unknown => process.store.describe().details?.['tags']

describe('a tag invalidated during a load', () => {
  it.each(['heard', 'not heard'])('tag-bumped-during-load (%s before the fill)', async (when) => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    const load = slowLoad('v1')
    const read = a.cache.getOrSet('k', load.load, { tags: ['t'] })
    await load.begun
    const announcements = when === 'heard' ? undefined : a.stage.holdAnnouncements()

    await b.cache.invalidateTags('t')
    if (when === 'heard') await a.heard('t')
    load.finish()

    expect(await read).toBe('v1')
    await a.settle()
    expect(await b.cache.get('k')).toBeUndefined()
    announcements?.release()
    await a.heard('t')
    expect(await a.cache.get('k')).toBeUndefined()
  })

  it('dynamic-tag-evicted', async () => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    const announcements = a.stage.holdAnnouncements()
    const load = slowLoad('v1')
    const read = a.cache.getOrSet('k', load.load, { tags: () => ['t'] })
    await load.begun

    await b.cache.invalidateTags('t')
    await server.command('DEL', `${options.store.prefix}~tag:t`)
    load.finish()

    expect(await read).toBe('v1')
    await a.settle()
    expect(await b.cache.get('k')).toBeUndefined()
    expect(a.memory.get('k')).toBeUndefined()
    announcements.release()
  })

  it('dynamic-tag-evicted, and made again by another load in between', async () => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    const announcements = a.stage.holdAnnouncements()
    const load = slowLoad('v1')
    const read = a.cache.getOrSet('k', load.load, { tags: () => ['t'] })
    await load.begun

    await b.cache.invalidateTags('t')
    await server.command('DEL', `${options.store.prefix}~tag:t`)
    await b.cache.getOrSet('other', () => 'other', { tags: ['t'] })
    load.finish()

    expect(await read).toBe('v1')
    await a.settle()
    expect(await b.cache.get('k')).toBeUndefined()
    expect(a.memory.get('k')).toBeUndefined()
    announcements.release()
  })
})

describe('the table of tags', () => {
  it('stale-tag-table', async () => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    await b.cache.set('k', 'v1', { tags: ['t'] })
    const version = a.stage.holdReply(command('GET', '~tag:t'))
    const read = a.cache.get('k')
    await version.arrived

    await b.cache.invalidateTags('t')
    await a.heard('t')
    version.release()

    expect(await read).toBe('v1')
    expect(knownTags(a)).toBe(0)
    expect(await a.cache.get('k')).toBeUndefined()
  })

  it('counter-reborn', async () => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    await a.cache.set('k', 'old', { tags: ['t'] })

    await server.command('DEL', `${options.store.prefix}~tag:t`)
    await b.cache.set('other', 'new', { tags: ['t'] })

    expect(await b.cache.get('other')).toBe('new')
    expect(await b.cache.get('k')).toBeUndefined()
    const c = await openProcess(server, options)
    expect(await c.cache.get('k')).toBeUndefined()
  })

  it('takes a missing tag for an invalidated one', async () => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    await a.cache.set('k', 'old', { tags: ['t'] })

    await server.command('DEL', `${options.store.prefix}~tag:t`)

    expect(await b.cache.get('k')).toBeUndefined()
  })

  it('tag-reborn', async () => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    await a.cache.set('k', 'v1', { tags: ['t'] })
    await server.command('DEL', `${options.store.prefix}~tag:t`)
    await b.cache.set('k', 'v2', { tags: ['t'] })
    await a.heard('k')
    a.stage.sent.length = 0
    const load = slowLoad('loaded')

    const read = await a.cache.getOrSet('k', load.load, { tags: ['t'] })

    expect([read, load.calls]).toEqual(['v2', 0])
    expect(a.stage.sent.map(([name, key]) => [name, key])).toEqual([
      ['GET', `${options.store.prefix}k`],
      ['GET', `${options.store.prefix}~tag:t`],
    ])
    await b.cache.invalidateTags('t')
    await a.heard('t')
    expect([await a.cache.get('k'), await b.cache.get('k')]).toEqual([undefined, undefined])
  })

  it('holds no more than it may, and asks again for what it forgot', async () => {
    const options = own()
    const bounded = { store: { ...options.store, maxTags: 2 } }
    const [a, b] = [await openProcess(server, bounded), await openProcess(server, options)]
    for (const tag of ['t1', 't2', 't3']) await a.cache.set(tag, tag, { tags: [tag] })

    expect(knownTags(a)).toBe(2)
    await b.cache.invalidateTags('t1')
    await a.heard('t1')

    expect([...(await a.cache.getMany(['t1', 't2', 't3'])).keys()]).toEqual(['t2', 't3'])
    expect(knownTags(a)).toBe(2)
  })

  it('table-across-sessions', async () => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    await a.cache.set('k', 'v1', { tags: ['t'] })
    expect(knownTags(a)).toBe(1)

    await a.cutOff()
    await b.cache.invalidateTags('t')
    await a.heal()

    expect(await a.cache.get('k')).toBeUndefined()
  })

  it('read-after-pause', async () => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    await a.cache.set('k', 'v1', { tags: ['t'] })
    a.memory.clear()
    const announcements = a.stage.holdAnnouncements()
    await b.cache.invalidateTags('t')

    a.clock.stall(60_000)
    let isAnswered = false
    const read = a.cache.get('k').finally(() => {
      isAnswered = true
    })
    await announcements.arrived
    await a.stage.links.at(-1)!.send([['PING']])
    await setImmediate()

    expect(isAnswered).toBe(false)
    announcements.release()
    expect(await read).toBeUndefined()
  })
})

describe('a tag', () => {
  it('that only a load tells is taken as it stands in Redis, where it was there before the load', async () => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    await a.cache.invalidateTags('t')
    await a.clock.advance(1_000)
    await b.clock.advance(1_000)

    await b.cache.getOrSet('k', () => 'v1', { tags: () => ['t'] })
    await b.settle()

    expect(await a.cache.get('k')).toBe('v1')
    await a.cache.invalidateTags('t')
    await until(async () => (await b.cache.get('k')) === undefined)
  })

  it.each<[how: string, write: (cache: Cache, key: string, options: Lives) => Promise<unknown>]>([
    ['set', (cache, key, options) => cache.set(key, 1, options)],
    ['loaded', (cache, key, options) => cache.getOrSet(key, () => 1, options)],
    ['updated', (cache, key, options) => cache.update(key, async () => 1, options)],
  ])('lives twice as long in Redis as the longest entry with it that is %s, and a day at least', async (_, write) => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    const days = async (tag: string): Promise<number> =>
      Number(await server.command('PTTL', `${options.store.prefix}~tag:${tag}`)) / 86_400_000

    for (const tag of ['brief', 'long', 'later']) await write(b.cache, tag, { ttl: '1m', tags: [tag] })
    await write(a.cache, 'new', { ttl: '30d', tags: ['new'] })
    await write(a.cache, 'k', { ttl: '30d', tags: ['long'] })
    await write(b.cache, 'k', { ttl: '40d', tags: ['later'] })
    await Promise.all([a.settle(), b.settle()])

    expect(await days('brief')).toBeCloseTo(1, 1)
    expect(await days('new')).toBeCloseTo(60, 1)
    expect(await days('long')).toBeCloseTo(60, 1)
    expect(await days('later')).toBeCloseTo(80, 1)
  })
})

interface Lives {
  readonly ttl: Duration
  readonly tags: readonly string[]
}
