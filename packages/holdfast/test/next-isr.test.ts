import { startRedis, type RedisServer } from '@holdfast/testing/redis'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { IsrSetContext, IsrValue } from '../src/next.ts'
import { nextServer } from './next-servers.ts'

let redis: RedisServer

beforeAll(async () => {
  redis = await startRedis()
})

beforeEach(async () => {
  if (!redis.isRunning) await redis.restart({ data: 'empty' })
  await redis.command('FLUSHALL')
})

afterAll(() => redis.stop())

const tagsOf = (path: string): string => `_N_T_/layout,_N_T_${path}/layout,_N_T_${path}/page,_N_T_${path},posts`
const cacheControl = { revalidate: 900, expire: 86_400 }

const values: Readonly<Record<string, IsrValue & Record<string, unknown>>> = {
  APP_PAGE: {
    kind: 'APP_PAGE',
    html: '<p>é</p>',
    rscData: Buffer.from([0, 255, 1]),
    headers: { 'x-next-cache-tags': tagsOf('/posts'), 'set-cookie': ['a', 'b'] },
    postponed: undefined,
    status: 200,
    segmentData: new Map([['/_tree', Buffer.from('tree')]]),
  },
  PAGES: { kind: 'PAGES', html: '<p/>', pageData: { pageProps: { n: [1, null] } }, headers: {}, status: undefined },
  APP_ROUTE: { kind: 'APP_ROUTE', body: Buffer.from([1, 2, 3]), status: 200, headers: { 'content-type': 'image/png' } },
  REDIRECT: { kind: 'REDIRECT', props: { pageProps: { __N_REDIRECT: '/to' } } },
  IMAGE: { kind: 'IMAGE', etag: 'e', upstreamEtag: 'u', buffer: Buffer.from([9]), extension: 'webp', revalidate: 60 },
  FETCH: {
    kind: 'FETCH',
    data: { headers: {}, body: 'e30=', url: 'http://api/', status: 200 },
    revalidate: 60,
    tags: ['data'],
  },
}

/** What Next hands to `set` with a value of a kind. */
function contextOf(kind: string): IsrSetContext {
  if (kind === 'FETCH') return { fetchCache: true, tags: ['data'] }
  return { kind: kind === 'REDIRECT' ? 'PAGES' : kind, cacheControl }
}

const keyOf = (kind: string, path: string): string => `/route-cache/${kind}/${'0'.repeat(64)}/$${path}`

describe('the handler of ISR', () => {
  it.each(Object.entries(values))('gives %s back on another server as it was', async (kind, value) => {
    const a = await nextServer(redis.url)
    const b = await nextServer(redis.url)
    const asked = { kind: kind === 'REDIRECT' ? 'PAGES' : kind }
    await a.isr.get('key', asked)
    await a.isr.set('key', value, contextOf(kind))

    const found = await b.isr.get('key', asked)

    expect(found?.value).toEqual(value)
    expect(found?.cacheControl).toEqual(kind === 'FETCH' ? undefined : cacheControl)
    expect(Math.abs(Date.now() - found!.lastModified)).toBeLessThan(5_000)
  })

  it('keeps that a page does not exist', async () => {
    const { isr } = await nextServer(redis.url)
    await isr.set('/missing', null, { kind: 'PAGES', cacheControl })

    expect(await isr.get('/missing', { kind: 'PAGES' })).toMatchObject({ value: null, cacheControl })
  })

  it('gives each caller headers of its own, from which Next may take some away', async () => {
    const { isr } = await nextServer(redis.url)
    await isr.set('/posts', values['APP_PAGE']!, contextOf('APP_PAGE'))
    const first = await isr.get('/posts', { kind: 'APP_PAGE' })
    delete (first!.value!.headers as Record<string, unknown>)['x-next-cache-tags']

    const second = await isr.get('/posts', { kind: 'APP_PAGE' })

    expect(second?.value).toEqual(values['APP_PAGE'])
  })

  it.each([
    ['a tag of the page', 'posts'],
    ['its path', '_N_T_/posts'],
    ['its layout', '_N_T_/layout'],
  ])('ends a page of the App Router by %s, on all servers', async (_, tag) => {
    const a = await nextServer(redis.url)
    const b = await nextServer(redis.url)
    await a.isr.set('/posts', values['APP_PAGE']!, contextOf('APP_PAGE'))
    await a.isr.set(
      '/blog',
      { kind: 'APP_PAGE', headers: { 'x-next-cache-tags': '_N_T_/blog' } },
      contextOf('APP_PAGE'),
    )
    expect(await b.isr.get('/posts', { kind: 'APP_PAGE' })).not.toBeNull()

    await a.isr.revalidateTag(tag)

    expect(await a.isr.get('/posts', { kind: 'APP_PAGE' })).toBeNull()
    await vi.waitFor(async () => expect(await b.isr.get('/posts', { kind: 'APP_PAGE' })).toBeNull(), 10_000)
    expect(await b.isr.get('/blog', { kind: 'APP_PAGE' })).not.toBeNull()
  })

  it.each([
    ['/blog/a', '_N_T_/blog/a'],
    [keyOf('PAGES', '/blog/a'), '_N_T_/blog/a'],
    [keyOf('PAGES', '/index'), '_N_T_/'],
  ])('ends a page of the Pages Router, %s, by its path', async (key, tag) => {
    const { isr } = await nextServer(redis.url)
    await isr.set(key, values['PAGES']!, contextOf('PAGES'))
    expect(await isr.get(key, { kind: 'PAGES' })).not.toBeNull()

    await isr.revalidateTag([tag])

    expect(await isr.get(key, { kind: 'PAGES' })).toBeNull()
  })

  it('ends data by its own tags, and for a page by those of its path', async () => {
    const { isr } = await nextServer(redis.url)
    const asked = { kind: 'FETCH', tags: ['data'], softTags: ['_N_T_/posts'] }
    const store = async (): Promise<void> => {
      await isr.get('data', asked)
      await isr.set('data', values['FETCH']!, contextOf('FETCH'))
      expect(await isr.get('data', asked)).not.toBeNull()
    }

    await store()
    await isr.revalidateTag('_N_T_/posts')
    expect(await isr.get('data', asked)).toBeNull()
    expect(await isr.get('data', { ...asked, softTags: [] })).not.toBeNull()

    await store()
    await isr.revalidateTag('data')
    expect(await isr.get('data', { kind: 'FETCH' })).toBeNull()
  })

  it('does not keep a page that was being rendered while its tag was revalidated', async () => {
    const a = await nextServer(redis.url)
    const b = await nextServer(redis.url)
    expect(await a.isr.get('/posts', { kind: 'APP_PAGE' })).toBeNull()

    await b.isr.revalidateTag('posts')
    await a.isr.set('/posts', values['APP_PAGE']!, contextOf('APP_PAGE'))

    await vi.waitFor(async () => expect(await a.isr.get('/posts', { kind: 'APP_PAGE' })).toBeNull(), 10_000)
    await a.isr.set('/posts', values['APP_PAGE']!, contextOf('APP_PAGE'))
    expect(await a.isr.get('/posts', { kind: 'APP_PAGE' })).not.toBeNull()
  })

  it('shares no pages between builds, but data and images', async () => {
    const { Isr, cache } = await nextServer(redis.url)
    const { createIsrCacheHandler } = await import('../src/next.ts')
    const next = new (createIsrCacheHandler({ cache, buildId: 'next build' }))({})
    const isr = new Isr({})
    const shared: string[] = []
    for (const kind of ['APP_PAGE', 'APP_ROUTE', 'PAGES', 'FETCH', 'IMAGE']) {
      await isr.set(`/${kind}`, values[kind]!, contextOf(kind))
      if ((await next.get(`/${kind}`, { kind })) !== null) shared.push(kind)
    }

    expect(shared).toEqual(['FETCH', 'IMAGE'])
  })

  it('opens one connection pair, however many instances Next makes', async () => {
    const { Isr } = await nextServer(redis.url)
    await new Isr({}).get('/posts', { kind: 'APP_PAGE' })
    const before = String(await redis.command('CLIENT', 'LIST')).split('\n').length

    await Promise.all(Array.from({ length: 200 }, (_, i) => new Isr({}).get(`/posts/${i}`, { kind: 'APP_PAGE' })))

    expect(String(await redis.command('CLIENT', 'LIST')).split('\n')).toHaveLength(before)
  })

  it('keeps no index of its entries: what it needs besides them does not grow with them', async () => {
    const { isr } = await nextServer(redis.url)
    for (let i = 0; i < 300; i++) {
      const headers = { 'x-next-cache-tags': `_N_T_/layout,posts` }
      await isr.set(`/posts/${i}`, { kind: 'APP_PAGE', headers }, contextOf('APP_PAGE'))
      await isr.get(`/posts/${i}`, { kind: 'APP_PAGE' })
    }

    const keys = (await redis.command('KEYS', '*')) as string[]

    expect(keys.filter((key) => !key.includes(':@next:page:')).length).toBeLessThan(30)
  })

  it('serves from memory while Redis is away, and does without it for the rest', async () => {
    const { isr } = await nextServer(redis.url)
    await isr.set('/posts', values['APP_PAGE']!, contextOf('APP_PAGE'))
    await isr.get('/posts', { kind: 'APP_PAGE' })

    await redis.kill()

    expect(await isr.get('/posts', { kind: 'APP_PAGE' })).not.toBeNull()
    expect(await isr.get('/other', { kind: 'APP_PAGE' })).toBeNull()
    await isr.set('/other', values['APP_PAGE']!, contextOf('APP_PAGE'))
    expect(await isr.get('/other', { kind: 'APP_PAGE' })).not.toBeNull()
    await isr.revalidateTag('posts')
    expect(await isr.get('/posts', { kind: 'APP_PAGE' })).toBeNull()
  })
})
