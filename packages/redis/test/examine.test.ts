import { startRedis } from '@holdfast/testing/redis'
import { inspect } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { examineRedis } from '../src/examine.ts'
import { redisStore } from '../src/redis-store.ts'

describe('examineRedis', () => {
  it('finds what the store may do, and how the server is set up', async () => {
    await using server = await startRedis({
      config: { maxmemory: '50mb', 'maxmemory-policy': 'volatile-lfu', appendonly: 'yes', save: '3600 1' },
    })

    const found = await examineRedis(server.url, { prefix: 'app:' })

    expect(found).toMatchObject({
      address: `127.0.0.1:${server.port}`,
      mode: 'standalone',
      role: 'master',
      memory: { maxBytes: 50 * 2 ** 20, policy: 'volatile-lfu', evictedKeys: 0 },
      persistence: { isAppendOnly: true, isFailing: false },
      announcements: { heardMs: expect.any(Number) },
    })
    expect(found.persistence.snapshots).toContain('3600 1')
    expect(found.version).toMatch(/^\d+\.\d+/)
    expect(found.rights.filter(({ refused }) => refused !== undefined)).toEqual([])
    // The same machine: its clock is ours.
    expect(Math.abs(found.clockAheadMs!)).toBeLessThan(5_000)
    expect(await server.command('KEYS', '*')).toEqual([])
  })

  it('says what a user may not do, and why nothing is heard', async () => {
    await using server = await startRedis({
      config: { user: ['deaf on >pw ~app:* resetchannels +@all -client|kill -info', 'apart on >pw ~other:* &* +@all'] },
    })
    const urlOf = (user: string): string => server.url.replace('redis://', `redis://${user}:pw@`)

    const deaf = await examineRedis(urlOf('deaf'), { prefix: 'app:' })
    const apart = await examineRedis(urlOf('apart'), { prefix: 'app:' })

    expect(deaf.rights.filter(({ refused }) => refused !== undefined).map(({ command }) => command)).toEqual([
      'PUBLISH',
      'INFO',
      'CLIENT KILL',
    ])
    expect(deaf.announcements).toEqual({ refused: expect.stringMatching(/^SUBSCRIBE: NOPERM/) })
    expect(deaf.version).toBeUndefined()
    expect(apart.rights.find(({ command }) => command === 'SET')!.refused).toMatch(/NOPERM/)
  })

  it('says why a server cannot be reached, and never the password', async () => {
    await using server = await startRedis({ password: 'right' })
    const wrong = server.url.replace('right', 'hunter2')

    const error = await examineRedis(wrong).catch((thrown: unknown) => thrown)

    expect(error).toMatchObject({ code: 'ERR_HOLDFAST_REMOTE_UNAVAILABLE' })
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
    const none = await examineRedis(`redis://127.0.0.1:${server.port}`).catch((thrown: unknown) => thrown)
    expect(none).toMatchObject({ code: 'ERR_HOLDFAST_REMOTE_UNAVAILABLE', message: expect.stringContaining('NOAUTH') })
    await server.kill()
    await expect(examineRedis(server.url)).rejects.toMatchObject({ code: 'ERR_HOLDFAST_REMOTE_UNAVAILABLE' })
  })
})

describe('what a store tells of its server', () => {
  it("is the server's own count of memory and hits", async () => {
    await using server = await startRedis({ config: { maxmemory: '50mb', 'maxmemory-policy': 'volatile-lfu' } })
    const store = redisStore(server.url)
    onTestFinished(() => store.close())
    const soon = { deadlineAt: performance.timeOrigin + performance.now() + 10_000 }
    await server.command('SET', 'key', 'value')
    const before = await store.info!(soon)
    for (const key of ['key', 'key', 'none']) await server.command('GET', key)
    const after = await store.info!(soon)

    expect(after).toMatchObject({
      maxBytes: 50 * 2 ** 20,
      evictionPolicy: 'volatile-lfu',
      keyspaceHits: before.keyspaceHits! + 2,
      keyspaceMisses: before.keyspaceMisses! + 1,
    })
    expect(after.usedBytes).toBeGreaterThan(0)
  })
})
