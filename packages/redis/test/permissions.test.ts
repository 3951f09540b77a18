import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { createCache, type Cache } from '@holdfast/core'
import { startRedis } from '@holdfast/testing/redis'
import { mapStore } from '@holdfast/testing/simulation'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { leastPrivilege } from '../src/least-privilege.ts'
import { redisStore } from '../src/redis-store.ts'

const page = readFileSync(`${import.meta.dirname}/../../../docs/guides/topologies.md`, 'utf8')
const rule = leastPrivilege('shop:')
const [, table] = /<!-- permissions -->(.*)<!-- \/permissions -->/s.exec(page)!
const rows = table!
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| without'))
  .map((line, number) => {
    const [, without, limits] = /^\| (.*?) \| ?(.*?) ?\|$/.exec(line)!
    const missing = [...without!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!.replace('\\|', '|'))
    return { user: `user${number}`, without: without!, missing, limits: limits! }
  })

/** Nothing can be done without them. */
const vital = ['get', 'set', 'unlink', 'scan']

const server = await startRedis({
  config: {
    user: [
      ...rows.map(({ user, missing }) => `${user} on >pw ${without(rule, missing)}`),
      ...vital.map((name) => `without-${name} on >pw ${without(rule, [name])}`),
    ],
  },
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

it('is what the docs say', () => {
  expect(page).toContain(`ACL SETUSER shop on >secret ${rule}\n`)
})

describe.each(vital)('a user who may not %s', (name) => {
  it('is told so, and has queued what could not be done', async () => {
    // An epoch that has begun: what begins one may not have to read.
    await open('user0')
    const cache = createCache<string>({
      memory: mapStore(),
      remote: redisStore(server.url.replace('redis://', `redis://without-${name}:pw@`), { prefix: 'shop:' }),
      remoteTimeout: '1s',
    })
    onTestFinished(() => cache.close())
    const causes: string[] = []
    cache.on('remoteError', ({ cause }) => causes.push(inspect(cause)))
    cache.on('remoteState', ({ cause }) => causes.push(inspect(cause)))

    await cache.set('key', 'old', { tags: ['t'] })
    const done = [await cache.delete('key'), await cache.invalidateTags(['t']), await cache.invalidateMatching('k*')]

    expect(done.some(({ queued }) => queued)).toBe(true)
    expect(await cache.get('key')).toBeUndefined()
    expect(await cache.getOrSet('key', () => 'loaded')).toBe('loaded')
    expect(causes.join('\n')).toContain(`to run the '${name}' command`)
  }, 20_000)
})

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
