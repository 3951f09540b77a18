import { readFileSync } from 'node:fs'
import { startRedis } from '@holdfast/testing/redis'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { redisStore } from '../src/redis-store.ts'

const page = readFileSync(`${import.meta.dirname}/../../../docs/guides/sizing.md`, 'utf8')
const [, perEntry, perTag] = /some (\d+) bytes, and some (\d+) a tag/.exec(page)!
const [, perTagInUse] = /A tag in use takes some (\d+) bytes/.exec(page)!

const server = await startRedis()
afterAll(() => server.stop())

const count = 10_000

async function usedBytes(): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(String(await server.command('INFO', 'memory')))![1])
}

/** Writes entries as a cache does; resolves with what one takes, and with what Redis says of the last. */
async function measure(
  payloadBytes: number,
  tags: readonly string[],
): Promise<{ readonly each: number; readonly told: number; readonly keyBytes: number }> {
  await server.command('FLUSHALL')
  const prefix = 'size:'
  const store = redisStore(server.url, { prefix })
  onTestFinished(() => store.close())
  const deadlineAt = Number.POSITIVE_INFINITY
  const now = Date.now()
  const writes = Array.from({ length: count }, (_, n) => ({
    key: `user:${String(n).padStart(7, '0')}`,
    payload: new Uint8Array(payloadBytes).fill(n % 251),
    serializer: 'msgpack',
    tags,
    createdAt: now,
    staleAt: now + 3_600_000,
    expiresAt: now + 3_600_000,
  }))
  await store.setMany(writes.slice(0, 1), { deadlineAt })
  const before = await usedBytes()
  for (let at = 1; at < count; at += 500) await store.setMany(writes.slice(at, at + 500), { deadlineAt })
  const each = ((await usedBytes()) - before) / (count - 1)
  const last = prefix + writes.at(-1)!.key
  return { each, told: Number(await server.command('MEMORY', 'USAGE', last)), keyBytes: last.length }
}

describe('an entry in Redis', () => {
  it.each([
    [20, []],
    [200, []],
    [200, ['one']],
    [200, ['one', 'two', 'six']],
  ])(
    'with %i bytes and the tags %j takes what the docs say',
    async (payloadBytes, tags) => {
      const { each, told, keyBytes } = await measure(payloadBytes, tags)

      const said = payloadBytes + keyBytes + Number(perEntry) + Number(perTag) * tags.length
      expect(Math.abs(each - said)).toBeLessThan(30)
      // Redis does not count what remembers that it ends.
      expect(told).toBeLessThan(each)
    },
    60_000,
  )

  it('and a tag in use takes what the docs say', async () => {
    const store = redisStore(server.url, { prefix: 'size:' })
    onTestFinished(() => store.close())
    const tags = Array.from({ length: count }, (_, n) => `tag:${String(n).padStart(7, '0')}`)
    await store.ping!({ deadlineAt: Number.POSITIVE_INFINITY })
    await server.command('FLUSHALL')
    const before = await usedBytes()
    for (let at = 0; at < count; at += 500)
      await store.invalidateTags!(tags.slice(at, at + 500), { deadlineAt: Number.POSITIVE_INFINITY })
    const each = ((await usedBytes()) - before) / count
    expect(Math.abs(each - Number(perTagInUse))).toBeLessThan(30)
  }, 60_000)
})
