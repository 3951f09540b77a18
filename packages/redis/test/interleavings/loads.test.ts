import { startRedis } from '@holdfast/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { openProcess, slowLoad } from '../support/process.ts'

const server = await startRedis()
afterAll(() => server.stop())

let tests = 0
/** A prefix of each test's own. */
const own = (): { store: { prefix: string } } => ({ store: { prefix: `test${tests++}:` } })

describe('a load that began before an invalidation', () => {
  it.each(['heard', 'not heard'])('slow-loader-loses (the delete %s before the fill)', async (when) => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    const load = slowLoad('v1')
    const read = a.cache.getOrSet('k', load.load)
    await load.begun
    const announcements = when === 'heard' ? undefined : a.stage.holdAnnouncements()

    await b.cache.delete('k')
    if (when === 'heard') await a.heard('k')
    load.finish()

    expect(await read).toBe('v1')
    await a.settle()
    expect(await b.cache.get('k')).toBeUndefined()
    expect(a.memory.get('k')).toBeUndefined()
    expect(await a.cache.getOrSet('k', () => 'v2')).toBe('v2')
    announcements?.release()
  })

  it('absent-absent-aba', async () => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    const announcements = a.stage.holdAnnouncements()
    const load = slowLoad('v1')
    const read = a.cache.getOrSet('k', load.load)
    await load.begun

    await b.cache.set('k', 'v2')
    await b.cache.delete('k')
    load.finish()

    expect(await read).toBe('v1')
    await a.settle()
    expect(a.memory.get('k')).toBeUndefined()
    expect(await b.cache.get('k')).toBeUndefined()
    announcements.release()
  })

  it.each(['FLUSHALL', 'eviction of the lease'])('flush-under-load (%s)', async (loss) => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    const load = slowLoad('v1')
    const read = a.cache.getOrSet('k', load.load)
    await load.begun

    if (loss === 'FLUSHALL') await server.command('FLUSHALL')
    else await server.command('DEL', `${options.store.prefix}k`)
    load.finish()

    expect(await read).toBe('v1')
    await a.settle()
    expect(a.memory.get('k')).toBeUndefined()
    expect(await b.cache.get('k')).toBeUndefined()
    expect(await a.cache.getOrSet('k', () => 'v2')).toBe('v2')
    await a.settle()
    expect(await a.cache.get('k')).toBe('v2')
  })

  it('late-joiner', async () => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    const [first, second] = [slowLoad('v1'), slowLoad('v2')]
    const early = a.cache.getOrSet('k', first.load)
    await first.begun

    await b.cache.delete('k')
    await a.heard('k')
    const late = a.cache.getOrSet('k', second.load)
    await second.begun
    first.finish()
    second.finish()

    expect([await early, await late]).toEqual(['v1', 'v2'])
    await a.settle()
    expect(await a.cache.get('k')).toBe('v2')
    expect(await b.cache.get('k')).toBe('v2')
  })

  it.each(['heard', 'not heard'])('clear-under-load (the clear %s before the fill)', async (when) => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    const load = slowLoad('v1')
    const read = a.cache.getOrSet('k', load.load)
    await load.begun
    const announcements = when === 'heard' ? undefined : a.stage.holdAnnouncements()

    await b.cache.clear()
    if (when === 'heard') await a.heard('everything')
    load.finish()

    expect(await read).toBe('v1')
    await a.settle()
    expect(await b.cache.get('k')).toBeUndefined()
    announcements?.release()
    await a.heard('everything')
    expect(await a.cache.get('k')).toBeUndefined()
  })

  it.each([
    ['an empty string', ''],
    ['JSON', '{"version":1,"of":"somebody else"}'],
  ])('foreign-empty (%s)', async (_, foreign) => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    const announcements = a.stage.holdAnnouncements()
    await server.command('SET', `${options.store.prefix}k`, foreign)
    const load = slowLoad('v1')
    const read = a.cache.getOrSet('k', load.load)
    await load.begun

    await b.cache.delete('k')
    await server.command('SET', `${options.store.prefix}k`, foreign)
    load.finish()

    expect(await read).toBe('v1')
    await a.settle()
    expect(await b.cache.get('k')).toBeUndefined()
    expect(a.memory.get('k')).toBeUndefined()
    announcements.release()
  })
})
