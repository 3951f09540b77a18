import { describe, expect, it } from 'vitest'
import { openSite, said } from './web.ts'

describe('what a handler says', () => {
  it('is fresh for max-age and asked again after it', async () => {
    const site = openSite({}, (_, count) => said('max-age=10', String(count)))

    const first = await site.get('/')
    await first.text()
    await site.clock.advance(9_000)
    const hit = await site.get('/')
    await site.clock.advance(2_000)
    const later = await site.get('/')

    expect([await hit.text(), await later.text()]).toEqual(['1', '2'])
    expect(hit.headers.get('age')).toBe('9')
    expect(hit.headers.get('cache-status')).toBe('holdfast; hit; ttl=1')
    expect(first.headers.get('cache-status')).toBe('holdfast; fwd=uri-miss; fwd-status=200; stored')
  })

  it.each([
    ['no-store', 'max-age=60, no-store'],
    ['private', 'private, max-age=60'],
    ['nothing at all', 'foo'],
    ['max-age that is no number', "max-age='60'"],
    ['negative', 'max-age=-60'],
    ['a shorter s-maxage', 'max-age=60, s-maxage=0'],
    ['no-cache without a validator', 'max-age=60, no-cache'],
  ])('%s is not reused', async (_, cacheControl) => {
    const site = openSite({}, (_, count) => said(cacheControl, String(count)))

    await (await site.get('/')).text()

    expect(await (await site.get('/')).text()).toBe('2')
  })

  it('counts more than the option, both ways', async () => {
    const site = openSite({ ttl: '1h' }, (_, count) => said('max-age=1', String(count)))
    await (await site.get('/')).text()
    await site.clock.advance(2_000)

    expect(await (await site.get('/')).text()).toBe('2')
  })

  it('is the option where it says nothing, for statuses that are cacheable by default', async () => {
    const site = openSite({ ttl: '1m' }, (request, count) => {
      return new Response(String(count), { status: Number(new URL(request.url).pathname.slice(1)) })
    })
    const statuses = [200, 404, 410, 201, 302, 400, 403, 500, 503]

    const reused: number[] = []
    for (const status of statuses) {
      const first = await (await site.get(`/${status}`)).text()
      if ((await (await site.get(`/${status}`)).text()) === first) reused.push(status)
    }

    expect(reused).toEqual([200, 404, 410])
  })

  it('is not guessed from Last-Modified, unless asked to', async () => {
    const modified = new Date(Date.now() - 86_400_000).toUTCString()
    const answer = (): Response => new Response('body', { headers: { 'last-modified': modified } })
    const plain = openSite({}, answer)
    const guessing = openSite({ heuristic: 0.1 }, answer)

    for (const site of [plain, guessing]) for (let i = 0; i < 2; i++) await (await site.get('/')).text()

    expect([plain.seen.length, guessing.seen.length]).toEqual([2, 1])
  })
})

describe('a stale response', () => {
  it('is revalidated with its validators, and brought up to date by a 304', async () => {
    const site = openSite({}, (request, count) =>
      request.headers.get('if-none-match') === '"v1"'
        ? new Response(null, { status: 304, headers: { 'cache-control': 'max-age=10', 'x-count': String(count) } })
        : said('max-age=10', 'body', { etag: '"v1"', 'x-kept': 'yes' }),
    )
    await (await site.get('/')).text()
    await site.clock.advance(11_000)

    const validated = await site.get('/')
    const after = await site.get('/')

    expect(await validated.text()).toBe('body')
    expect(validated.status).toBe(200)
    expect(validated.headers.get('x-count')).toBe('2')
    expect(validated.headers.get('x-kept')).toBe('yes')
    expect(after.headers.get('cache-status')).toMatch(/hit/)
    expect(site.seen.length).toBe(2)
  })

  it('is served while it is revalidated behind', async () => {
    const site = openSite({}, (_, count) => said('max-age=10, stale-while-revalidate=60', String(count)))
    await (await site.get('/')).text()
    await site.clock.advance(11_000)

    const stale = await (await site.get('/')).text()
    await site.clock.advance(0)
    const fresh = await (await site.get('/')).text()

    expect([stale, fresh]).toEqual(['1', '2'])
    expect(site.seen.length).toBe(2)
  })

  it.each([
    ['throws', () => Promise.reject(new Error('down'))],
    ['answers 503', () => new Response('down', { status: 503 })],
  ])('stands in when the handler %s, within grace', async (_, fail) => {
    const site = openSite({ ttl: '10s', grace: '1m' }, (_, count) => (count === 1 ? new Response('1') : fail()))
    await (await site.get('/')).text()
    await site.clock.advance(11_000)

    expect(await (await site.get('/')).text()).toBe('1')
    await site.clock.advance(60_000)
    const after = await site.get('/').then(
      (response) => response.status,
      (error: Error) => error.message,
    )
    expect(after).toBeOneOf([503, 'down'])
  })

  it.each(['must-revalidate', 'proxy-revalidate'])('never stands in where %s forbids it', async (directive) => {
    const site = openSite({ grace: '1h' }, (_, count) =>
      count === 1 ? said(`max-age=10, ${directive}`, '1') : new Response('down', { status: 503 }),
    )
    await (await site.get('/')).text()
    await site.clock.advance(11_000)

    expect((await site.get('/')).status).toBe(503)
  })
})

describe('what a client asks for', () => {
  it.each([
    ['no-cache', 2],
    ['max-age=0', 2],
    ['min-fresh=120', 2],
    ['no-store', 2],
    ['max-age=60', 1],
  ])('%s', async (cacheControl, loads) => {
    const site = openSite({ ttl: '1m' })
    await (await site.get('/')).text()
    await site.clock.advance(1_000)

    await (await site.get('/', { 'cache-control': cacheControl })).text()

    expect(site.seen.length).toBe(loads)
  })

  it('is ignored where the option says so', async () => {
    const site = openSite({ ttl: '1m', clientDirectives: false })
    await (await site.get('/')).text()

    await (await site.get('/', { 'cache-control': 'no-cache' })).text()

    expect(site.seen.length).toBe(1)
  })

  it('only-if-cached is answered 504 where nothing is stored', async () => {
    const site = openSite({ ttl: '1m' })

    const before = await site.get('/', { 'cache-control': 'only-if-cached' })
    await (await site.get('/')).text()
    const after = await site.get('/', { 'cache-control': 'only-if-cached' })

    expect([before.status, after.status, site.seen.length]).toEqual([504, 200, 1])
  })
})

describe('a client that has a copy', () => {
  it('is told that nothing changed, by tag or by date', async () => {
    const modified = new Date(Date.now() - 60_000).toUTCString()
    const site = openSite({ ttl: '1m' }, () => said('max-age=60', 'body', { etag: 'W/"a"', 'last-modified': modified }))
    await (await site.get('/')).text()

    const byTag = await site.get('/', { 'if-none-match': '"x", "a"' })
    const byDate = await site.get('/', { 'if-modified-since': modified })
    const other = await site.get('/', { 'if-none-match': '"x"', 'if-modified-since': modified })

    expect([byTag.status, byDate.status, other.status]).toEqual([304, 304, 200])
    expect([byTag.headers.get('etag'), byTag.headers.get('content-type')]).toEqual(['W/"a"', null])
    expect(site.seen.length).toBe(1)
  })

  it('does not make the cache miss: the handler is asked for all of it', async () => {
    const site = openSite({}, () => said('max-age=60', 'body', { etag: '"a"' }))

    const first = await site.get('/', { 'if-none-match': '"a"' })
    const second = await site.get('/')

    expect([first.status, await second.text()]).toEqual([304, 'body'])
    expect(site.seen.map((request) => request.headers.get('if-none-match'))).toEqual([null])
  })
})

describe('HEAD and parts', () => {
  it('come from a stored GET', async () => {
    const site = openSite({ ttl: '1m' }, () => new Response('0123456789'))
    await (await site.get('/')).text()

    const head = await site.get('/', {}, { method: 'HEAD' })
    const part = await site.get('/', { range: 'bytes=2-4' })
    const beyond = await site.get('/', { range: 'bytes=10-' })

    expect([await head.text(), head.headers.get('content-length')]).toEqual(['', '10'])
    expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([206, '234', 'bytes 2-4/10'])
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */10'])
    expect(site.seen.length).toBe(1)
  })

  it('go to the handler where nothing is stored, as they are, and store nothing', async () => {
    const site = openSite({ ttl: '1m' }, (request) =>
      request.headers.get('range') === null ? new Response('whole') : new Response('part', { status: 206 }),
    )

    const part = await site.get('/', { range: 'bytes=0-3' })
    await site.get('/', {}, { method: 'HEAD' })
    const whole = await site.get('/')

    expect([await part.text(), await whole.text()]).toEqual(['part', 'whole'])
    expect(site.seen.map(({ method }) => method)).toEqual(['GET', 'HEAD', 'GET'])
  })
})
