import { createCache, type Cache } from '@holdfast/core'
import { startRedis } from '@holdfast/testing/redis'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { redisStore } from '../src/redis-store.ts'
import { mapStore } from '@holdfast/testing/simulation'
import { leastPrivilege, topologiesPage } from './support/least-privilege.ts'

const [, table] = /<!-- permissions -->(.*)<!-- \/permissions -->/s.exec(topologiesPage)!
const rows = table!
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| without'))
  .map((line, number) => {
    const [, without, limits] = /^\| (.*?) \| ?(.*?) ?\|$/.exec(line)!
    const missing = [...without!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!.replace('\\|', '|'))
    return { user: `user${number}`, without: without!, missing, limits: limits! }
  })

const server = await startRedis({
  config: { user: rows.map(({ user, missing }) => `${user} on >pw ${without(leastPrivilege, missing)}`) },
})
afterAll(() => server.stop())

function without(whole: string, missing: readonly string[]): string {
  const lacks = missing.map((name) => `+${name}`)
  const left = whole.split(' ').filter((word) => !lacks.includes(word))
  expect(left).toHaveLength(whole.split(' ').length - missing.length)
  return left.join(' ')
}

async function open(user: string): Promise<Cache<string>> {
  const cache = createCache<string>({
    memory: mapStore(),
    remote: redisStore(server.url.replace('redis://', `redis://${user}:pw@`), { prefix: 'shop:' }),
    ttl: '1h',
    remoteTimeout: '5s',
    coherence: { maxStaleness: '1s', heartbeat: '200ms' },
  })
  onTestFinished(() => cache.close())
  await vi.waitFor(() => expect(cache.describe().remote!.state).toBe('ready'), 10_000)
  return cache
}

describe('a user with the rule of the docs', () => {
  it.each(rows)(
    'without $without',
    async ({ user, missing, limits }) => {
      const cache = await open(user)
      const other = await open('user0')
      const errors: unknown[] = []
      cache.on('remoteError', ({ cause }) => errors.push(cause))

      expect(await cache.set('key', 'old', { tags: ['t'] })).toEqual({ reached: 'all', queued: false })
      expect(await other.get('key')).toBe('old')
      expect(await cache.getOrSet('loaded', () => 'loaded', { tags: ['t'] })).toBe('loaded')
      await cache.getMany(['key', 'loaded', 'none'])
      await cache.delete('key')
      await cache.expire('loaded')
      // Who may not announce misleads the memories of others, as is said; never Redis.
      const skipMemory = missing.includes('publish')
      await vi.waitFor(async () => expect(await other.get('key', { skipMemory })).toBeUndefined(), 10_000)
      expect(await cache.get('key')).toBeUndefined()
      await cache.set('key', 'old', { tags: ['t'] })
      await cache.invalidateTags(['t'])
      expect(await cache.get('key')).toBeUndefined()
      await cache.set('key', 'old')
      await cache.invalidateMatching('k*')
      expect(await cache.get('key')).toBeUndefined()
      await cache.clear()

      expect(cache.describe().limits.join(' ')).toBe(limits)
      expect(missing.includes('mget') ? [] : errors).toEqual([])
    },
    40_000,
  )
})
