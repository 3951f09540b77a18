import type { Lease } from '@holdfast/core'
import { commanders, startFaultProxy, startRedis } from '@holdfast/testing'
import { afterAll, describe, expect, it } from 'vitest'
import type { Command } from '../../src/link.ts'
import { openProcess, slowLoad, until } from '../support/process.ts'
import { command } from '../support/staged-connector.ts'

const server = await startRedis()
afterAll(() => server.stop())

let tests = 0
const own = (): { store: { prefix: string } } => ({ store: { prefix: `test${tests++}:` } })

const indexOf = (sent: readonly Command[], name: string, key: string): number =>
  sent.findIndex((one) => one[0] === name && one.slice(1).includes(key))

describe('a session that opens', () => {
  it('journal-grows-during-replay', async () => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    await b.cache.setMany([
      ['x', 'old'],
      ['y', 'old'],
    ])
    await a.cutOff()
    expect(await a.cache.delete('x')).toEqual({ reached: 'memory', queued: true })
    const replay = a.stage.holdRequest(command('UNLINK', 'x'))
    a.stage.sent.length = 0

    const healed = a.heal()
    await replay.arrived
    const late = await a.cache.delete('y')
    replay.release()
    await healed
    const read = await a.cache.get('y')

    expect(late.queued).toBe(true)
    expect(read).toBeUndefined()
    const { prefix } = options.store
    const replayed = indexOf(a.stage.sent, 'UNLINK', `${prefix}y`)
    expect(replayed).toBeGreaterThan(-1)
    expect(indexOf(a.stage.sent, 'GET', `${prefix}y`)).toBeGreaterThan(replayed)
    expect(await b.cache.get('y')).toBeUndefined()
  })

  it.each([1, 3])('zombie-set (%s connections)', async (connections) => {
    const { store } = own()
    const options = { store: { ...store, connections } }
    await using proxy = await startFaultProxy(server)
    const a = await openProcess({ ...server, url: proxy.url() }, options)
    const b = await openProcess(server, options)
    const former = proxy.connections().map(({ id }) => id)
    proxy.blackHole({ direction: 'up', only: (one) => former.includes(one.id) && commanders(one) })

    const written = a.cache.set('k', 'zombie')
    await until(async () => {
      await a.clock.advance(1_000)
      return a.store.describe().state !== 'ready'
    })
    expect(await written).toEqual({ reached: 'memory', queued: true })
    await a.ready()
    await a.cache.delete('k')
    await proxy.heal()
    // What was held back has arrived when something sent after it has.
    await until(() => proxy.connections().every(({ id }) => !former.includes(id)))

    expect(await server.command('EXISTS', `${options.store.prefix}k`)).toBe(0)
    expect(await b.cache.get('k')).toBeUndefined()
  })

  it('fence-other-life', async () => {
    await using other = await startRedis()
    const a = await openProcess(other, own())
    const former = await a.stage.clientId()
    a.stage.isRefusing = true
    await other.restart({ data: 'empty' })
    const strangers = [await other.connect()]
    while (Number(await strangers.at(-1)!.send(['CLIENT', 'ID'])) < former + 2) strangers.push(await other.connect())

    await until(async () => {
      await a.clock.advance(10)
      return a.store.describe().state === 'away'
    })
    await a.heal()

    for (const stranger of strangers) expect(String(await stranger.send(['PING']))).toBe('PONG')
    for (const stranger of strangers) stranger.close()
  })

  it('ends what memory holds from the session before', async () => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    await a.cache.set('k', 'v1')
    await a.cutOff()
    await b.cache.delete('k')
    const whileCutOff = await a.cache.get('k')

    await a.heal()

    expect(whileCutOff).toBe('v1')
    expect(await a.cache.get('k')).toBeUndefined()
  })

  it('replayed-set', async () => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    await a.cutOff()
    expect((await a.cache.set('k', 'set while cut off')).queued).toBe(true)
    await b.cache.set('k', 'newer')

    await a.heal()

    expect(await b.cache.get('k')).toBeUndefined()
    expect(await a.cache.get('k')).toBeUndefined()
  })
})

describe('a server restarted from an older file', () => {
  it('lease-resurrected', async () => {
    await using other = await startRedis()
    const options = own()
    const [a, b] = [await openProcess(other, options), await openProcess(other, options)]
    const load = slowLoad('v1')
    const read = a.cache.getOrSet('k', load.load)
    await load.begun
    await other.save()
    await b.cache.delete('k')

    await other.restart({ data: 'older' })
    await until(() => a.store.describe().state !== 'ready' && b.store.describe().state !== 'ready')
    await Promise.all([a.ready(), b.ready()])
    expect(await other.command('EXISTS', `${options.store.prefix}k`)).toBe(1)
    load.finish()

    expect(await read).toBe('v1')
    await a.settle()
    expect(a.memory.get('k')).toBeUndefined()
    expect(await b.cache.get('k')).toBeUndefined()
  })

  it('lease-resurrected: a token of the session before stores nothing', async () => {
    await using other = await startRedis()
    const a = await openProcess(other, own())
    const call = { deadlineAt: a.clock.now() + 1e9 }
    const [lease] = await a.store.lease([{ key: 'k', tags: [], leaseMs: 60_000, seen: undefined }], call)
    await other.save()
    await other.restart({ data: 'older' })
    await until(() => a.store.describe().state !== 'ready')
    await a.ready()
    a.stage.sent.length = 0
    const now = a.clock.now()
    const write = {
      key: 'k',
      payload: Buffer.from('1'),
      serializer: 'json',
      createdAt: now,
      staleAt: now + 1e6,
      expiresAt: now + 1e6,
      tags: [],
    }

    const stored = await a.store.fill(
      [lease].map((one) => ({ lease: one as Lease, write })),
      call,
    )

    expect(stored).toEqual([undefined])
    expect(a.stage.sent).toEqual([])
  })

  it('lease-resurrected: a read with its first half before and its second after is read anew', async () => {
    await using other = await startRedis()
    const options = own()
    const [a, b] = [await openProcess(other, options), await openProcess(other, options)]
    await b.cache.set('k', 'v1', { tags: ['t'] })
    await other.save()
    await b.cache.invalidateTags('t')
    await b.cache.set('k', 'v2', { tags: ['t'] })
    const versions = a.stage.holdRequest(command('GET', '~tag:t'))
    const read = a.cache.get('k')
    await versions.arrived

    await other.restart({ data: 'older' })
    await until(() => a.store.describe().state !== 'ready')
    versions.release()
    await a.ready()

    expect(await read).toBeUndefined()
  })
})

describe('a process that was stopped or cut off', () => {
  it.each(['delete', 'invalidateTags', 'clear'])('join-after-pause (%s)', async (operation) => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    const [first, second] = [slowLoad('v1'), slowLoad('v2')]
    const early = a.cache.getOrSet('k', first.load, { tags: ['t'] })
    await first.begun
    const announcements = a.stage.holdAnnouncements()

    if (operation === 'delete') await b.cache.delete('k')
    else if (operation === 'clear') await b.cache.clear()
    else await b.cache.invalidateTags('t')
    a.clock.stall(60_000)
    const late = a.cache.getOrSet('k', second.load, { tags: ['t'] })
    await announcements.arrived
    announcements.release()
    await second.begun
    first.finish()
    second.finish()

    expect([await early, await late]).toEqual(['v1', 'v2'])
  })

  it('cut-with-invalidated-tag', async () => {
    const a = await openProcess(server, own())
    await a.cache.set('k', 'v1', { tags: ['t'] })
    await a.cache.set('other', 'still good', { tags: ['u'] })
    await a.cache.invalidateTags('t')

    await a.cutOff()

    expect(await a.cache.get('k')).toBeUndefined()
    expect(await a.cache.get('other')).toBe('still good')
    expect(await a.cache.getOrSet('k', () => 'v2', { tags: ['t'] })).toBe('v2')
  })

  it('cut-with-invalidated-tag: a load begun before an invalidation made while cut off stores nothing', async () => {
    const a = await openProcess(server, own())
    await a.cutOff()
    const load = slowLoad('v1')
    const read = a.cache.getOrSet('k', load.load, { tags: ['t'] })
    await load.begun

    expect((await a.cache.invalidateTags('t')).queued).toBe(true)
    load.finish()

    expect(await read).toBe('v1')
    expect(a.memory.get('k')).toBeUndefined()
    await a.heal()
    expect(await a.cache.get('k')).toBeUndefined()
  })
})

describe('the root epoch', () => {
  it('clear-race', async () => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    const reply = a.stage.holdReply(command('SET', '~{hf}epoch'))
    const cleared = a.cache.clear()
    await reply.arrived

    await b.cache.clear()
    await a.heard('everything')
    reply.release()
    await cleared
    await a.cache.set('k', 'of the newest epoch')

    expect(await b.cache.get('k')).toBe('of the newest epoch')
  })

  it('hello-promise', async () => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    const answer = a.stage.holdReply(command('EVALSHA', '~{hf}epoch'))
    await b.cache.clear()
    await answer.arrived
    await b.cache.set('k', 'of the epoch in between')
    await a.heard('k')

    const before = a.cache.stats().shared.heard
    await b.cache.clear()
    await until(() => a.cache.stats().shared.heard > before)
    const read = a.cache.get('k')
    answer.release()

    expect(await read).toBeUndefined()
    await b.cache.set('k', 'new')
    await a.heard('k')
    expect(await a.cache.get('k')).toBe('new')
  })
})
