import { createCache, type Cache } from '@holdfast/core'
import { startRefusingProxy, type Rewrite } from '@holdfast/testing/proxy'
import { startRedis } from '@holdfast/testing/redis'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { redisStore } from '../src/redis-store.ts'
import { mapStore } from '@holdfast/testing/simulation'

const server = await startRedis()
afterAll(() => server.stop())

const unknown =
  (...names: readonly string[]): Rewrite =>
  (command) =>
    names.includes(command[0]!.toUpperCase()) ? [`NO${command[0]}`, ...command.slice(1)] : undefined

/** What older servers, managed services and proxies refuse, and what `describe()` says of it; nothing where all promises hold. */
const refusals: readonly (readonly [what: string, rewrite: Rewrite, limits: RegExp])[] = [
  [
    'SET … NX GET',
    (command) => {
      const words = command.slice(3).map((word) => word.toUpperCase())
      if (command[0]!.toUpperCase() !== 'SET' || !words.includes('NX') || !words.includes('GET')) return undefined
      return [...command.filter((_, index) => words[index - 3] !== 'GET'), 'BOGUS']
    },
    /^$/,
  ],
  [
    'CLIENT KILL',
    (command) => (command.slice(0, 2).join(' ').toUpperCase() === 'CLIENT KILL' ? ['NOCLIENT', 'KILL'] : undefined),
    /^Redis does not let this process close its former connections/,
  ],
  ['EVALSHA', unknown('EVALSHA', 'EVAL', 'SCRIPT'), /^Redis runs no scripts for this process/],
  ['PUBLISH', unknown('PUBLISH'), /does not let this process announce/],
  ['SUBSCRIBE', unknown('SUBSCRIBE'), /^Redis does not let this process listen/],
  ['CLIENT', unknown('CLIENT'), /^Redis does not let this process close its former connections/],
  ['INFO', unknown('INFO'), /^Redis does not tell its run id/],
  ['TIME', unknown('TIME'), /^Redis does not tell its time/],
]

async function open(url: string): Promise<Cache<string>> {
  const cache = createCache<string>({
    memory: mapStore(),
    remote: redisStore(url, { prefix: 'old:' }),
    ttl: '1h',
    remoteTimeout: '5s',
    coherence: { maxStaleness: '1s', heartbeat: '200ms' },
  })
  onTestFinished(() => cache.close())
  await vi.waitFor(() => expect(cache.describe().remote!.state).toBe('ready'), 10_000)
  return cache
}

describe('a server that refuses', () => {
  it.each(refusals)(
    '%s is used without it, and what is then not promised is said',
    async (what, rewrite, limits) => {
      await using proxy = await startRefusingProxy(server, rewrite)
      const cache = await open(proxy.url)
      const other = await open(server.url)
      const isOver = (key: string) =>
        vi.waitFor(async () => {
          // Who may not announce misleads others, as is said.
          expect(what === 'PUBLISH' ? undefined : await other.get(key)).toBeUndefined()
          expect(await cache.get(key)).toBeUndefined()
        }, 10_000)

      for (let n = 0; n < 3; n++) {
        expect(await cache.getOrSet('loaded', () => 'loaded', { tags: ['t', `t${n}`] })).toBe('loaded')
        await cache.set('key', 'value', { tags: ['t'] })
        expect(await other.get('key', { skipMemory: true })).toBe('value')
        expect(await cache.delete('key')).toEqual({ reached: 'all', queued: false })
        await isOver('key')
        await cache.invalidateTags(['t'])
        await isOver('loaded')
      }
      // A load that began before an invalidation.
      let finish = (): void => undefined
      let hasBegun = false
      const loading = cache.getOrSet('late', () => {
        hasBegun = true
        return new Promise<string>((resolve) => (finish = () => resolve('old')))
      })
      await vi.waitFor(() => expect(hasBegun).toBe(true), 10_000)
      await other.delete('late')
      finish()
      await loading
      await isOver('late')

      expect(proxy.refused).toBeGreaterThan(0)
      expect(cache.describe().limits.join(' ')).toMatch(limits)
    },
    60_000,
  )

  it('SET … NX GET stores what is loaded all the same', async () => {
    await using proxy = await startRefusingProxy(server, refusals[0]![1])
    const cache = await open(proxy.url)

    for (let n = 0; n < 3; n++) await cache.getOrSet(`stored:${n}`, () => 'loaded', { tags: [`s${n}`] })

    await vi.waitFor(async () => expect(await cache.get('stored:2', { skipMemory: true })).toBe('loaded'), 10_000)
  }, 60_000)
})
