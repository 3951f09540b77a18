import { startRedis } from '@holdfast/testing/redis'
import { createCache, msgpack, redisStore, type Cache } from 'holdfast'
import { afterAll, expect, it, onTestFinished } from 'vitest'

const redis = await startRedis()
afterAll(() => redis.stop())
const tags = Array.from({ length: 20 }, (_, at) => `tag:${at}`)

function open(prefix: string): Cache {
  const cache = createCache({
    remote: redisStore(redis.url, { prefix }),
    serializer: msgpack(),
    ttl: '1h',
    remoteTimeout: '20s',
    // No heartbeat while commands are counted.
    coherence: { maxStaleness: '30m', heartbeat: '10m' },
  })
  onTestFinished(() => cache.close())
  return cache
}

/** The commands that the server ran meanwhile, those of the test apart. */
async function commandsOf(run: () => Promise<unknown>): Promise<Record<string, number>> {
  await redis.command('CONFIG', 'RESETSTAT')
  await run()
  const info = String(await redis.command('INFO', 'commandstats'))
  const counts = Array.from(
    info.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm),
    ([, name, calls]) => [name!, Number(calls)] as const,
  )
  return Object.fromEntries(counts.filter(([name]) => !/^(config|info)/.test(name)))
}

it('a hit in Redis is one command, whatever the number of tags, once these are known', async () => {
  const writer = open('trips:')
  await writer.set('first', 'value', { tags })
  await writer.set('second', 'value', { tags })
  const reader = open('trips:')
  expect(await reader.get('first')).toBe('value')

  const commands = await commandsOf(() => reader.get('second'))

  expect(commands).toEqual({ get: 1 })
})

it('reads of one tick are one command', async () => {
  const writer = open('tick:')
  const keys = Array.from({ length: 100 }, (_, at) => `key:${at}`)
  await writer.setMany(keys.map((key) => [key, key]))
  const reader = open('tick:')
  await reader.get('nothing')

  const commands = await commandsOf(() => Promise.all(keys.map((key) => reader.get(key))))

  expect(commands).toEqual({ mget: 1 })
  expect(reader.stats().remoteHits).toBe(100)
})

it.each([1, 1_000])('invalidating a tag is the same commands for one entry and for a thousand', async (count) => {
  const cache = open(`tag${count}:`)
  await cache.setMany(
    Array.from({ length: count }, (_, at) => [`key:${at}`, at] as const),
    { tags: ['all'] },
  )

  const commands = await commandsOf(() => cache.invalidateTags('all'))

  expect(commands).toEqual({ set: 1, publish: 1 })
  expect(await cache.get('key:0')).toBeUndefined()
})
