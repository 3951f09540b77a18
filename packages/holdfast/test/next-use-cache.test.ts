import { startRedis, type RedisServer } from '@holdfast/testing/redis'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createKit, memoryStore } from '../src/index.ts'
import { createCacheHandler, createIsrCacheHandler } from '../src/next.ts'
import { nextNow, nextServer, textOf, use, useEntry } from './next-servers.ts'

const page = ['_N_T_/layout', '_N_T_/shop/layout', '_N_T_/shop/page', '_N_T_/shop']
const otherPage = ['_N_T_/layout', '_N_T_/blog/layout', '_N_T_/blog/page', '_N_T_/blog']

let redis: RedisServer
let calls = 0
const make = (): string => `value ${++calls}`

beforeAll(async () => {
  redis = await startRedis()
})

beforeEach(async () => {
  if (!redis.isRunning) await redis.restart({ data: 'empty' })
  await redis.command('FLUSHALL')
})

afterAll(() => redis.stop())

function eventually<T>(check: () => Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 10_000, interval: 20 })
}

describe("the handler of 'use cache'", () => {
  it('gives back on another server what one has stored, each time as a stream of its own', async () => {
    const a = await nextServer(redis.url)
    const b = await nextServer(redis.url)
    const timestamp = nextNow() - 1_000
    await a.handler.get('key', page)
    await a.handler.set('key', Promise.resolve(useEntry('x'.repeat(100_000), { tags: ['numbers'], timestamp })))

    const first = await b.handler.get('key', page)
    const second = await b.handler.get('key', page)

    expect(first).toMatchObject({ tags: ['numbers'], stale: 30, revalidate: 900, expire: 3600 })
    // Whole milliseconds, and an estimate of the server's clock.
    expect(Math.abs(first!.timestamp - timestamp)).toBeLessThan(50)
    expect(await textOf(first)).toBe('x'.repeat(100_000))
    expect(await textOf(second)).toBe('x'.repeat(100_000))
  })

  it('keeps the first value made for a tag that nobody knew before', async () => {
    const { handler } = await nextServer(redis.url)

    const first = await use(handler, 'key', make, { softTags: page, tags: ['never seen'] })

    expect(await use(handler, 'key', make, { softTags: page, tags: ['never seen'] })).toBe(first)
  })

  it('shares a value between pages, new ones too', async () => {
    const { handler } = await nextServer(redis.url)
    const first = await use(handler, 'key', make, { softTags: page })

    expect(await use(handler, 'key', make, { softTags: otherPage })).toBe(first)
  })

  it('makes a value once after a revalidation by another server', async () => {
    const a = await nextServer(redis.url)
    const b = await nextServer(redis.url)
    const before = await use(b.handler, 'key', make, { softTags: page, tags: ['numbers'] })

    await a.handler.updateTags(['numbers', '_N_T_/shop'])
    await eventually(async () => expect(await b.handler.get('key', page)).toBeUndefined())
    const after = await use(b.handler, 'key', make, { softTags: page, tags: ['numbers'] })

    expect(after).not.toBe(before)
    expect(await use(b.handler, 'key', make, { softTags: page, tags: ['numbers'] })).toBe(after)
  })

  it('ends entries by a tag of theirs on all servers, and no others', async () => {
    const a = await nextServer(redis.url)
    const b = await nextServer(redis.url)
    const first = await use(a.handler, 'key', make, { tags: ['numbers'] })
    const other = await use(a.handler, 'other', make, { tags: ['letters'] })
    expect(await use(b.handler, 'key', make, { tags: ['numbers'] })).toBe(first)

    await a.handler.updateTags(['numbers'])

    expect(await a.handler.get('key', [])).toBeUndefined()
    await eventually(async () => expect(await b.handler.get('key', [])).toBeUndefined())
    expect(await textOf(await b.handler.get('other', []))).toBe(other)
  })

  it('ends for a page what was made before its path was revalidated, whoever reads it', async () => {
    const a = await nextServer(redis.url)
    const b = await nextServer(redis.url)
    const first = await use(a.handler, 'key', make, { softTags: page })
    await use(b.handler, 'key', make, { softTags: page })

    await a.handler.updateTags(['_N_T_/shop'])

    expect(await a.handler.get('key', page)).toBeUndefined()
    await eventually(async () => expect(await b.handler.get('key', page)).toBeUndefined())
    expect(await textOf(await b.handler.get('key', otherPage))).toBe(first)
    const again = await use(b.handler, 'key', make, { softTags: page })
    await eventually(async () => expect(await textOf(await a.handler.get('key', page))).toBe(again))
    expect(await textOf(await a.handler.get('key', otherPage))).toBe(again)
  })

  it('answers the one who revalidates with nothing older, before the revalidation has reached Redis', async () => {
    const { handler } = await nextServer(redis.url)
    await use(handler, 'key', make, { softTags: page, tags: ['numbers'] })

    // Next does not wait for it in a route handler.
    const updating = handler.updateTags(['_N_T_/shop'])

    expect(await handler.get('key', page)).toBeUndefined()
    await updating
  })

  it('does not keep what was being made while its tag was revalidated', async () => {
    const a = await nextServer(redis.url)
    const b = await nextServer(redis.url)
    await use(a.handler, 'witness', make)
    await a.handler.get('key', page)
    const made = useEntry('made of old data', { tags: ['numbers'] })

    await b.handler.updateTags(['numbers'])
    // It has heard of it before it stores.
    await eventually(async () => expect(await a.handler.get('witness', ['numbers'])).toBeUndefined())
    await a.handler.set('key', Promise.resolve(made))

    expect(await a.handler.get('key', page)).toBeUndefined()
    expect(await b.handler.get('key', page)).toBeUndefined()
  })

  it('is ended by the same tag of the application’s own cache, too', async () => {
    const { handler, cache } = await nextServer(redis.url)
    await use(handler, 'key', make, { tags: ['numbers'] })
    await cache.set('data', 1, { tags: ['numbers'] })

    await cache.invalidateTags('numbers')
    expect(await handler.get('key', [])).toBeUndefined()

    await cache.set('data', 1, { tags: ['numbers'] })
    await handler.updateTags(['numbers'])
    expect(await cache.get('data')).toBeUndefined()
  })

  it('stores nothing of a stream that fails, or a promise that rejects', async () => {
    const { handler } = await nextServer(redis.url)
    let pulls = 0
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (pulls++ === 0) controller.enqueue(new Uint8Array([1]))
        else controller.error(new Error('rendering failed'))
      },
    })

    await handler.set('broken', Promise.resolve(useEntry('', { value: broken })))
    await handler.set('rejected', Promise.reject(new Error('making failed')))

    expect(await handler.get('broken', [])).toBeUndefined()
    expect(await handler.get('rejected', [])).toBeUndefined()
  })

  it('waits for what this server is making', async () => {
    const { handler } = await nextServer(redis.url)
    const pending = Promise.withResolvers<ReturnType<typeof useEntry>>()
    const setting = handler.set('key', pending.promise)

    const reading = handler.get('key', [])
    pending.resolve(useEntry('made'))
    await setting

    expect(await textOf(await reading)).toBe('made')
  })

  it('keeps nothing longer than it may be served, and nothing that may not be', async () => {
    const { handler } = await nextServer(redis.url)
    await handler.set('hour', Promise.resolve(useEntry('x')))
    await handler.set('ever', Promise.resolve(useEntry('x', { expire: 0xfffffffe })))
    await handler.set('dynamic', Promise.resolve(useEntry('x', { expire: 0 })))

    const ttl = async (key: string): Promise<number> => Number(await redis.command('PTTL', `holdfast:@next:use:${key}`))
    expect(await ttl('hour')).toBeGreaterThan(3_590_000)
    expect(await ttl('hour')).toBeLessThanOrEqual(3_600_000)
    expect(await ttl('ever')).toBeLessThanOrEqual(30 * 86_400_000)
    expect(await ttl('dynamic')).toBe(-2)
  })

  it('takes keys of any length and any characters apart', async () => {
    const { handler } = await nextServer(redis.url)
    const keys = ['a'.repeat(20_000), 'b'.repeat(20_000), 'half \uD800', 'half \uD801', 'x'.repeat(600)]
    for (const key of keys) await handler.set(key, Promise.resolve(useEntry(`of ${key}`)))

    for (const key of keys)
      expect(await textOf(await handler.get(key, []))).toBe(
        new TextDecoder().decode(new TextEncoder().encode(`of ${key}`)),
      )
  })

  it('knows all tags of an entry, even more than the cache can hold', async () => {
    const { handler } = await nextServer(redis.url)
    const tags = Array.from({ length: 300 }, (_, i) => `tag ${i}`)
    const first = await use(handler, 'key', make, { tags })
    expect(await use(handler, 'key', make, { tags })).toBe(first)

    await handler.updateTags(['tag 299'])

    expect(await handler.get('key', [])).toBeUndefined()
  })

  it('treats everything older as revalidated when the memo of revalidations was lost', async () => {
    const a = await nextServer(redis.url)
    await use(a.handler, 'key', make, { softTags: page })
    await a.handler.updateTags(['_N_T_/blog'])
    const keys = (await redis.command('KEYS', 'holdfast:@next:revalidated:*')) as string[]
    expect(keys).toHaveLength(16)

    await redis.command('DEL', ...keys)
    const b = await nextServer(redis.url)

    expect(await b.handler.get('key', page)).toBeUndefined()
  })

  it('touches nothing while Next builds', async () => {
    vi.stubEnv('NEXT_PHASE', 'phase-production-build')
    try {
      const { cache } = createKit({ name: 'builds', env: { REDIS_URL: redis.url } })
      const handler = createCacheHandler({ cache })
      const isr = new (createIsrCacheHandler({ cache }))({})
      await handler.set('key', Promise.resolve(useEntry('x')))
      await handler.updateTags(['numbers'])
      await isr.set('/page', { kind: 'PAGES' }, {})
      await isr.revalidateTag('numbers')

      expect(await handler.get('key', page)).toBeUndefined()
      expect(await isr.get('/page', { kind: 'PAGES' })).toBeNull()
      expect(
        String(await redis.command('CLIENT', 'LIST'))
          .trim()
          .split('\n'),
      ).toHaveLength(1)
    } finally {
      vi.unstubAllEnvs()
    }
  })
})

describe('the handler while Redis is away', () => {
  it('serves from memory, and what it revalidates is gone at once', async () => {
    const { handler, cache } = await nextServer(redis.url)
    const first = await use(handler, 'key', make, { softTags: page, tags: ['numbers'] })
    await use(handler, 'key', make, { softTags: page, tags: ['numbers'] })

    await redis.kill()

    expect(await use(handler, 'key', make, { softTags: page, tags: ['numbers'] })).toBe(first)
    await handler.updateTags(['numbers'])
    const second = await use(handler, 'key', make, { softTags: page, tags: ['numbers'] })
    expect(second).not.toBe(first)
    expect(await use(handler, 'key', make, { softTags: page, tags: ['numbers'] })).toBe(second)
    expect(cache.stats().shared.journalEntries).toBeGreaterThan(0)
  })

  it('does not believe an entry whose tags it cannot look up', async () => {
    let isForgetful = false
    const memory = memoryStore({ maxEntries: 1_000 })
    const get = memory.get.bind(memory)
    memory.get = (key) => (isForgetful && key.includes('revalidated:') ? undefined : get(key))
    const { handler } = await nextServer(redis.url, { memory })
    const first = await use(handler, 'key', make, { softTags: page })
    expect(await use(handler, 'key', make, { softTags: page })).toBe(first)

    await redis.kill()
    expect(await textOf(await handler.get('key', page))).toBe(first)
    isForgetful = true

    expect(await handler.get('key', page)).toBeUndefined()
  })

  it('tells the others what was revalidated meanwhile, when Redis is back', async () => {
    const a = await nextServer(redis.url)
    const b = await nextServer(redis.url)
    await use(a.handler, 'key', make, { softTags: page, tags: ['numbers'] })
    await redis.save()
    await redis.kill()
    await a.handler.updateTags(['numbers', '_N_T_/shop'])

    await redis.restart({ data: 'kept' })

    await eventually(async () => expect(a.cache.stats().shared.journalEntries).toBe(0))
    expect(await b.handler.get('key', page)).toBeUndefined()
  })

  it('agrees with the others again when Redis is back, with nothing in it', async () => {
    // As in the kit: what a process made up by itself would live on in its memory.
    const patient = { remoteTimeout: '100ms', coherence: { maxStaleness: '5m' } } as const
    const a = await nextServer(redis.url, patient)
    const b = await nextServer(redis.url, patient)
    const read = ({ handler }: typeof a) => use(handler, 'key', make, { softTags: page, tags: ['numbers'] })
    for (const server of [a, b, a, b]) await read(server)
    await redis.kill()
    await a.handler.updateTags(['numbers'])
    for (const server of [a, b, a, b]) await read(server)

    await redis.restart({ data: 'empty' })

    await eventually(async () => {
      const values = [await read(a), await read(b), await read(a), await read(b)]
      expect(new Set(values).size).toBe(1)
    })
  })
})

describe('what next.config names', () => {
  it('is on the Redis of the environment', async () => {
    vi.stubEnv('REDIS_URL', redis.url)
    vi.stubEnv('REDIS_KEY_PREFIX', 'named:')
    onTestFinished(() => void vi.unstubAllEnvs())
    const { default: handler } = await import('../src/next-use-cache.ts')
    const { default: IsrHandler } = await import('../src/next-isr.ts')
    onTestFinished(() => createKit({ name: 'next' }).close())
    const isr = new IsrHandler({})

    await eventually(async () => {
      await use(handler, 'key', make, { softTags: page })
      await isr.set('/shop', null, { kind: 'PAGES', cacheControl: { revalidate: 60, expire: 600 } })
      const keys = await redis.command('KEYS', 'named:*')
      expect(keys).toEqual(expect.arrayContaining(['named:@next:use:key', 'named:@next:page::/shop']))
    })
  })
})
