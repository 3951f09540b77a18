import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { startCluster, startRedis, startSentinels } from '../src/redis/index.ts'
import { isAlive } from './is-alive.ts'

describe('startCluster', () => {
  it('spreads slots over primaries with replicas, and a replica takes over from a killed one', async () => {
    await using cluster = await startCluster({ primaries: 3, replicas: 1 })
    const before = await cluster.primaries()
    const victim = await cluster.ownerOf('key')
    await cluster.command('SET', 'key', 'value')
    await victim.command('WAIT', 1, 5_000)

    await victim.kill()
    await cluster.settled()

    expect(before).toHaveLength(3)
    expect(await cluster.ownerOf('key')).not.toBe(victim)
    expect(await cluster.command('GET', 'key')).toBe('value')
    await victim.restart({ data: 'empty' })
    await cluster.settled()
    expect(String(await victim.command('INFO', 'replication'))).toContain('role:slave')
  }, 90_000)

  it('moves a slot with ASK and TRYAGAIN on the way', async () => {
    await using cluster = await startCluster({ primaries: 3, replicas: 0 })
    const from = await cluster.ownerOf('{t}a')
    const to = (await cluster.primaries()).find((node) => node !== from)!
    for (const key of ['{t}a', '{t}b']) await cluster.command('SET', key, key)

    const move = await cluster.beginMove(await cluster.slotOf('{t}a'), to)
    await move.keys(1)

    await expect(from.command('GET', '{t}absent')).rejects.toThrow(/^ASK /)
    await expect(from.command('MGET', '{t}a', '{t}b')).rejects.toThrow(/^TRYAGAIN /)
    await move.end()
    await expect(from.command('GET', '{t}a')).rejects.toThrow(/^MOVED /)
    expect(await to.command('MGET', '{t}a', '{t}b')).toEqual(['{t}a', '{t}b'])
    expect(await cluster.ownerOf('{t}a')).toBe(to)
  }, 60_000)

  it('lets a replica take over from a primary that is alive', async () => {
    await using cluster = await startCluster({ primaries: 3, replicas: 1 })
    const [primary] = await cluster.primaries()

    await cluster.failOver(primary!)

    expect(await cluster.primaries()).not.toContain(primary)
  }, 60_000)
})

describe('startSentinels', () => {
  it('fails over from a killed primary, which comes back as a replica', async () => {
    await using watched = await startSentinels()
    const first = await watched.primary()

    await first.kill()
    await watched.failedOverFrom(first)
    const second = await watched.primary()
    await first.restart({ data: 'empty' })
    await watched.settled()

    expect(watched.servers).toContain(second)
    expect(second).not.toBe(first)
    expect(String(await first.command('INFO', 'replication'))).toContain('role:slave')
  }, 60_000)

  it('leaves no process behind', async () => {
    const watched = await startSentinels({ sentinels: 1, replicas: 0 })
    const all = [...watched.servers, ...watched.sentinels]
    const pids = await Promise.all(
      all.map(async (server) => Number(/process_id:(\d+)/.exec(String(await server.command('INFO', 'server')))![1])),
    )

    await watched.stop()

    expect(pids.map((pid) => isAlive(pid))).toEqual([false, false])
  }, 60_000)
})

describe('startRedis', () => {
  it('listens with TLS to who trusts its authority, and to nobody else', async () => {
    await using redis = await startRedis({ tls: true })
    const { ca, port } = redis.tls!

    const trusting = connectTls({ host: '127.0.0.1', port, ca })
    trusting.write('PING\r\n')
    const [pong] = (await once(trusting, 'data')) as [Buffer]
    trusting.destroy()
    const [error] = (await once(connectTls({ host: '127.0.0.1', port }), 'error')) as [Error]

    expect(pong.toString()).toBe('+PONG\r\n')
    expect(error.message).toMatch(/self-signed|unable to (get|verify)/)
  })

  it('listens on a Unix socket', async () => {
    await using redis = await startRedis()

    const socket = connect(redis.socketPath)
    socket.write('PING\r\n')
    const [pong] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()

    expect(pong.toString()).toBe('+PONG\r\n')
  })
})
