import { startRedis } from '@holdfast/testing'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { openProcess, until, type Process } from './support/process.ts'

const server = await startRedis({ config: { user: 'app on >pw ~* &* +@all' } })
afterAll(() => server.stop())
afterEach(async () => {
  await server.command('CONFIG', 'SET', 'maxmemory', 0)
  await server.command('REPLICAOF', 'NO', 'ONE')
  await server.command('ACL', 'SETUSER', 'app', '+@all')
})

let tests = 0
const own = (store: object = {}) => ({ store: { prefix: `meddled${tests++}:`, ...store } })

/** So little memory that Redis refuses every write. */
const fill = () => server.command('CONFIG', 'SET', 'maxmemory', 1, 'maxmemory-policy', 'noeviction')

describe('a Redis that somebody meddles with while it runs', () => {
  it('has its scripts taken away: loads are stored and heard of all the same', async () => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    await a.cache.set('kept', 'old', { tags: ['t'] })
    expect(await b.cache.get('kept')).toBe('old')
    await server.command('SCRIPT', 'FLUSH')

    expect(await a.cache.getOrSet('loaded', () => 'value', { tags: ['t'] })).toBe('value')
    await a.settle()
    expect(await b.cache.get('loaded')).toBe('value')
    await server.command('SCRIPT', 'FLUSH')
    await a.cache.update('kept', async () => 'new')

    await b.heard('kept')
    expect(await b.cache.get('kept')).toBe('new')
    expect(a.states).toEqual(['ready'])
  })

  it('has something else put under a tag: what carries it is stored again, and invalidated by it', async () => {
    const options = own()
    const a = await openProcess(server, options)
    await server.command('RPUSH', `${options.store.prefix}~tag:t`, 'a list')

    expect(await a.cache.getOrSet('k', () => 'value', { tags: ['t'] })).toBe('value')
    await a.settle()
    const b = await openProcess(server, options)
    const stored = await b.cache.get('k')
    await a.cache.invalidateTags('t')
    await b.heard('t')

    expect(stored).toBe('value')
    expect([await a.cache.get('k'), await b.cache.get('k')]).toEqual([undefined, undefined])
  })

  it('has one of several connections cut: all are made anew, and what was invalidated meanwhile is gone', async () => {
    const options = own({ connections: 3 })
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    await a.cache.set('k', 'old')
    expect(await b.cache.get('k')).toBe('old')

    await b.cutOff()
    await a.cache.delete('k')
    await b.heal()

    expect(await b.cache.get('k')).toBeUndefined()
    expect(b.stage.links.filter(({ isOpen }) => isOpen)).toHaveLength(3)
  })

  it('is made a replica: it is left until it takes writes again, and loads go on without it', async () => {
    const a = await openProcess(server, own())
    await server.command('REPLICAOF', '127.0.0.1', 1)

    expect(await a.cache.getOrSet('k', () => 'loaded')).toBe('loaded')
    expect(a.store.describe().state).not.toBe('ready')
    await server.command('REPLICAOF', 'NO', 'ONE')
    await a.ready()

    expect(await a.cache.set('k', 'stored')).toMatchObject({ reached: 'all' })
  })

  it('refuses what it has to replay: it is kept until it is allowed, and nothing is read before', async () => {
    const options = own()
    const url = server.url.replace('redis://', 'redis://app:pw@')
    const [a, b] = [await openProcess({ ...server, url }, options), await openProcess(server, options)]
    await a.cache.set('k', 'old')
    a.memory.clear()
    await server.command('ACL', 'SETUSER', 'app', '-unlink')

    expect(await a.cache.delete('k')).toMatchObject({ reached: 'memory', queued: true })
    const attempts = (): number => a.stage.sent.filter(([name]) => name === 'UNLINK').length
    const before = attempts()
    await until(async () => {
      await a.clock.advance(10)
      return attempts() >= before + 2
    })
    const meanwhile = await a.cache.get('k')
    await server.command('ACL', 'SETUSER', 'app', '+unlink')
    await a.ready()

    expect(meanwhile).toBeUndefined()
    expect([await a.cache.get('k'), await b.cache.get('k')]).toEqual([undefined, undefined])
  })
})

describe('a Redis that is full', () => {
  it.each<[what: string, invalidate: (process: Process) => Promise<unknown>]>([
    ['a tag', ({ cache }) => cache.invalidateTags('t')],
    ['everything', ({ cache }) => cache.clear()],
    ['a key that is held', ({ cache }) => cache.delete('k', { hold: '1m' })],
    ['a write', ({ cache }) => cache.set('k', 'new')],
    ['an update', ({ cache }) => cache.update('k', async () => 'new')],
  ])('ends what stood there by %s, in every process', async (_, invalidate) => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    await a.cache.set('k', 'old', { tags: ['t'] })
    expect(await b.cache.get('k')).toBe('old')
    await fill()

    expect(await invalidate(a)).toMatchObject({ reached: 'all', queued: false })

    await until(async () => (await b.cache.get('k')) === undefined)
    await server.command('CONFIG', 'SET', 'maxmemory', 0)
    const c = await openProcess(server, options)
    expect(await c.cache.get('k')).toBeUndefined()
  })

  it('before anybody has used it is used once there is room', async () => {
    const options = own()
    await fill()
    const a = await openProcess(server, options)

    expect(await a.cache.getOrSet('k', () => 'loaded')).toBe('loaded')
    expect(a.states).toEqual(['ready'])
    await server.command('CONFIG', 'SET', 'maxmemory', 0)
    // A heartbeat finds that there is room.
    await a.clock.advance(3_000)
    await until(async () => {
      await a.cache.set('k', 'stored')
      return (await server.command('EXISTS', `${options.store.prefix}k`)) === 1
    })
    const b = await openProcess(server, options)

    expect(await b.cache.get('k')).toBe('stored')
    expect(a.states).toEqual(['ready'])
  })
})
