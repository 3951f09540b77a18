import { describe, expect, it } from 'vitest'
import { openSite, said, type Site } from './web.ts'

const byLanguage = ({ headers }: Request, count: number): Response =>
  said('max-age=10', `${headers.get('accept-language')} ${count}`, { vary: 'Accept-Language' })

async function stored(site: Site, languages: readonly string[]): Promise<void> {
  for (const language of languages) await (await site.get('/', { 'accept-language': language })).text()
}

/** The same site, for one who brings a cookie. */
function as(site: Site, cookie: string): Site {
  return { ...site, get: (path, headers, more) => site.get(path, { ...headers, cookie }, more) }
}

/** Each is answered of what is stored, or by the handler, and stores nothing. */
const asks: readonly (readonly [string, (site: Site, language: string) => Promise<Response>])[] = [
  ['HEAD', (site, language) => site.get('/', { 'accept-language': language }, { method: 'HEAD' })],
  ['a part', (site, language) => site.get('/', { 'accept-language': language, range: 'bytes=0-1' })],
  [
    'only-if-cached',
    (site, language) => site.get('/', { 'accept-language': language, 'cache-control': 'only-if-cached' }),
  ],
]

describe.each(asks)('%s', (name, ask) => {
  it('finds the variant that it may have', async () => {
    const site = openSite({}, byLanguage)
    await stored(site, ['en', 'de', 'fr'])

    for (const language of ['fr', 'de', 'en']) {
      const { headers } = await ask(site, language)
      expect(headers.get('cache-status')).toMatch(/^holdfast; hit/)
    }
    expect((await (await ask(site, 'de')).text()).slice(0, 2)).toBe(name === 'HEAD' ? '' : 'de')
    expect(site.seen.length).toBe(3)
  })

  it('takes no other variant for it, and nothing stale', async () => {
    const site = openSite({}, byLanguage)
    await stored(site, ['en', 'de'])

    const other = await ask(site, 'fr')
    await site.clock.advance(11_000)
    const late = await ask(site, 'en')

    const isRefused = name === 'only-if-cached'
    expect([other.status, late.status]).toEqual(isRefused ? [504, 504] : [200, 200])
    expect(site.seen.length).toBe(isRefused ? 2 : 4)
    expect(other.headers.get('cache-status')).toMatch(isRefused ? /detail=only-if-cached/ : /fwd=vary-miss/)
    // Nothing of it was stored.
    await stored(site, ['fr'])
    expect(site.seen.length).toBe(isRefused ? 3 : 5)
  })

  it('does not get what an option keeps for those without credentials', async () => {
    const site = openSite({ ttl: '1m' }, ({ headers }) => new Response(`for ${headers.get('cookie') ?? 'all'}`))
    await (await site.get('/')).text()

    const { headers } = await ask(as(site, 'ann'), 'en')

    expect(headers.get('cache-status')).not.toMatch(/hit/)
  })
})

describe('a client with a copy', () => {
  it.each([
    ['*', { etag: '"a"' }, 304],
    [' * ', { etag: '"a"' }, 304],
    ['"b", W/"a"', { etag: '"a"' }, 304],
    ['"b"', { etag: '"a"' }, 200],
    ['"a"', {}, 200],
    ['*', {}, 200],
  ])('by If-None-Match: %s of %o is answered %i', async (tags, headers, status) => {
    const site = openSite({}, () => said('max-age=60', 'body', headers))
    await (await site.get('/')).text()

    expect((await site.get('/', { 'if-none-match': tags })).status).toBe(status)
    expect(site.seen.length).toBe(1)
  })

  it('by date is told by that of the response where it has no other', async () => {
    const date = new Date(Date.now() - 5_000).toUTCString()
    const site = openSite({}, () => said('max-age=60', 'body', { date }))
    await (await site.get('/')).text()
    const before = new Date(Date.now() - 60_000).toUTCString()

    const statuses: number[] = []
    for (const since of [date, before, 'yesterday'])
      statuses.push((await site.get('/', { 'if-modified-since': since })).status)

    expect(statuses).toEqual([304, 200, 200])
  })
})
