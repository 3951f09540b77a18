import { createCache, type Cache, type Entry, type MemoryStore } from '@holdfast/core'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createCacheHandler, createIsrCacheHandler } from '../src/index.ts'
import { entryKey } from '../src/entry-key.ts'
import { streamOf } from '../src/byte-stream.ts'
import type { IsrHandler, UseCacheEntry, UseCacheHandler } from '../src/next-contracts.ts'

let cache: Cache
let entries: Map<string, Entry>

function mapStore(): MemoryStore {
  return {
    get: (key) => entries.get(key),
    set: (key, entry) => void entries.set(key, entry),
    delete: (key) => void entries.delete(key),
    clear: () => entries.clear(),
    keys: () => entries.keys(),
    get size() {
      return entries.size
    },
  }
}

beforeEach(() => {
  entries = new Map()
  cache = createCache({ memory: mapStore() })
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await cache.close()
})

const textOf = (entry: UseCacheEntry | undefined): Promise<string> | undefined =>
  entry && new Response(entry.value).text()

function made(text: string, parts: Partial<UseCacheEntry> = {}): Promise<UseCacheEntry> {
  const value = streamOf(Buffer.from(text))
  const timestamp = performance.timeOrigin + performance.now()
  return Promise.resolve({ value, tags: ['t'], stale: 30, timestamp, expire: 600, revalidate: 60, ...parts })
}

describe("the handler of 'use cache'", () => {
  let handler: UseCacheHandler

  beforeEach(() => {
    handler = createCacheHandler({ cache: () => cache })
  })

  it('gives back what was stored, again and again', async () => {
    await handler.set('key', made('value'))

    expect(await textOf(await handler.get('key', []))).toBe('value')
    const entry = await handler.get('key', [])
    expect(await textOf(entry)).toBe('value')
    expect(entry).toMatchObject({ tags: ['t'], stale: 30, expire: 600, revalidate: 60 })
    expect(await handler.get('other', [])).toBeUndefined()
    expect(await handler.getExpiration(['t'])).toBe(Number.POSITIVE_INFINITY)
    await handler.refreshTags()
  })

  it('waits for what this process is making', async () => {
    const making = handler.set('key', made('value'))

    expect(await textOf(await handler.get('key', []))).toBe('value')
    await making
  })

  it('forgets by tags of its own and of its reader', async () => {
    await handler.set('own', made('value'))
    await handler.set('soft', made('value'))
    expect(await handler.get('soft', ['page'])).toBeDefined()

    await handler.updateTags(['t'])
    expect(await handler.get('own', [])).toBeUndefined()

    await handler.set('soft', made('value'))
    await handler.updateTags(['page'])
    expect(await handler.get('soft', ['page'])).toBeUndefined()
    expect(await handler.get('soft', [])).toBeDefined()
    await handler.updateTags([])
  })

  it('stores nothing that failed, broke off, or is over already', async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new Error('of the user'))
      },
    })
    await handler.set('failed', Promise.reject(new Error('of the user')))
    await handler.set('broken', made('', { value: broken }))
    await handler.set('over', made('value', { expire: 0 }))

    for (const key of ['failed', 'broken', 'over']) expect(await handler.get(key, [])).toBeUndefined()
  })

  it('touches nothing during a build', async () => {
    vi.stubEnv('NEXT_PHASE', 'phase-production-build')

    await handler.set('key', made('value'))
    await handler.updateTags(['t'])

    expect(await handler.get('key', [])).toBeUndefined()
    expect(entries.size).toBe(0)
  })

  it.each([
    ['bytes', 'text'],
    ['bytes', undefined],
    ['tags', undefined],
    ['leadMs', Number.NaN],
    ['expire', '600'],
    ['seen', null],
  ])('takes an entry whose %s was damaged for none: %j', async (part, value) => {
    await handler.set('key', made('value'))
    const space = cache.namespace('next')
    const kept = await space.get<object>(entryKey('use', 'key'))
    await space.set(entryKey('use', 'key'), { ...kept, [part]: value })

    expect(await handler.get('key', [])).toBeUndefined()
  })

  it('takes a cache that cannot be used for a miss', async () => {
    const failing = createCacheHandler({
      cache: () => {
        throw new Error('no cache')
      },
    })
    await failing.set('key', made('value'))

    expect(await failing.get('key', [])).toBeUndefined()
  })
})

describe('the handler of pages and fetches', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-next-'))
  })

  afterEach(() => rmSync(folder, { recursive: true }))

  function open(revalidatedTags: readonly string[] = [], buildId: string | undefined = 'build'): IsrHandler {
    const Handler = createIsrCacheHandler({ cache, buildId })
    return new Handler({ serverDistDir: join(folder, 'server'), revalidatedTags })
  }

  const page = { kind: 'APP_PAGE', headers: { 'x-next-cache-tags': 'a,_N_T_/blog,' } }

  it('gives back a copy of what was stored', async () => {
    const handler = open()
    await handler.set('/blog', page, { cacheControl: { revalidate: 60, expire: 600 } })

    const found = await handler.get('/blog', { kind: 'APP_PAGE' })

    expect(found).toMatchObject({ value: page, cacheControl: { revalidate: 60, expire: 600 } })
    expect(found!.value!.headers).not.toBe(page.headers)
    expect(await handler.get('/other', { kind: 'APP_PAGE' })).toBeNull()
    handler.resetRequestCache()
  })

  it('forgets by a tag in the header, of a fetch, of a path, and of the reader', async () => {
    const handler = open()
    const fetched = { kind: 'FETCH', tags: ['f', 7], revalidate: 60 }
    const store = async (): Promise<void> => {
      await handler.set('/blog', page, { cacheControl: { revalidate: false } })
      await handler.set('fetch', fetched, { fetchCache: true, tags: ['given'] })
      await handler.set('/index', { kind: 'PAGES' }, { cacheControl: { revalidate: 1 } })
      await handler.set('/route-cache/PAGES/hash/$/gone', null, { kind: 'PAGES' })
    }
    const found = async (): Promise<readonly boolean[]> => {
      const kinds = [
        ['/blog', 'APP_PAGE'],
        ['fetch', 'FETCH'],
        ['/index', 'PAGES'],
        ['/route-cache/PAGES/hash/$/gone', 'PAGES'],
      ]
      const all = await Promise.all(kinds.map(([key, kind]) => handler.get(key!, { kind: kind! })))
      return all.map((entry) => entry !== null)
    }

    for (const [tag, at] of [
      ['a', 0],
      ['f', 1],
      ['given', 1],
      ['_N_T_/index', 2],
      ['_N_T_/', 2],
      ['_N_T_/gone', 3],
    ] as const) {
      await store()
      expect(await found()).toEqual([true, true, true, true])
      await handler.revalidateTag(tag)
      expect([tag, await found()]).toEqual([tag, [true, true, true, true].map((_, each) => each !== at)])
    }
    await store()
    await handler.revalidateTag(['soft'])
    expect(await handler.get('fetch', { kind: 'FETCH', softTags: ['soft'] })).toBeNull()
    expect(await open(['f']).get('fetch', { kind: 'FETCH', tags: ['f'] })).toBeNull()
  })

  it('keeps the pages of each build apart, and shares fetches', async () => {
    mkdirSync(join(folder, 'server'))
    writeFileSync(join(folder, 'BUILD_ID'), 'read\n')
    const Handler = createIsrCacheHandler({ cache })
    const handler = new Handler({ serverDistDir: join(folder, 'server') })
    await handler.set('/a', { kind: 'APP_PAGE' }, {})
    await handler.set('f', { kind: 'FETCH' }, { fetchCache: true })

    expect(await open([], 'read').get('/a', { kind: 'APP_PAGE' })).not.toBeNull()
    expect(await open([], 'other').get('/a', { kind: 'APP_PAGE' })).toBeNull()
    expect(await new Handler({}).get('/a', { kind: 'APP_PAGE' })).toBeNull()
    expect(await new Handler({ serverDistDir: join(folder, 'no', 'such') }).get('f', { kind: 'FETCH' })).not.toBeNull()
  })

  it('touches nothing during a build', async () => {
    const handler = open()
    vi.stubEnv('NEXT_PHASE', 'phase-production-build')

    await handler.set('/a', { kind: 'APP_PAGE' }, {})
    await handler.revalidateTag('t')

    expect(await handler.get('/a', { kind: 'APP_PAGE' })).toBeNull()
    expect(entries.size).toBe(0)
  })

  it('takes what was damaged, and a cache that cannot be used, for a miss', async () => {
    const handler = open()
    await handler.set('/a', { kind: 'APP_PAGE' }, {})
    const key = entryKey('page:build', '/a')
    const space = cache.namespace('next')
    const kept = await space.get<object>(key)
    for (const value of [undefined, {}, 'text']) {
      await space.set(key, { ...kept, value })
      expect(await handler.get('/a', { kind: 'APP_PAGE' })).toBeNull()
    }
    const Failing = createIsrCacheHandler({
      buildId: 'build',
      cache: () => {
        throw new Error('no cache')
      },
    })
    await new Failing({}).set('/a', { kind: 'APP_PAGE' }, {})

    expect(await new Failing({}).get('/a', { kind: 'APP_PAGE' })).toBeNull()
    expect(() => createIsrCacheHandler({ cache, buildId: 7 as never })).toThrow(/`buildId` to be a string/)
  })
})
