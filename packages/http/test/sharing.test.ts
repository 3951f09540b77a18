import { describe, expect, it } from 'vitest'
import { openSite, said } from './web.ts'

/** Answers with whatever names the client. */
function whoAsks(cacheControl: string | undefined, more: Record<string, string> = {}): (request: Request) => Response {
  return ({ headers }) =>
    new Response(`for ${headers.get('authorization') ?? headers.get('cookie') ?? headers.get('x-api-key') ?? 'all'}`, {
      headers: { ...(cacheControl === undefined ? {} : { 'cache-control': cacheControl }), ...more },
    })
}

describe('a response to a request with credentials', () => {
  it.each(['authorization', 'cookie', 'x-api-key'])('is not shared: %s', async (name) => {
    for (const cacheControl of [undefined, 'max-age=60', 'max-age=60, must-revalidate']) {
      const site = openSite({ ttl: '1m' }, whoAsks(cacheControl))

      await (await site.get('/', { [name]: 'ann' })).text()
      const other = await (await site.get('/', { [name]: 'bob' })).text()
      const anonymous = await (await site.get('/')).text()

      expect([other, anonymous]).toEqual(['for bob', 'for all'])
    }
  })

  it('is shared where the handler says that it is public', async () => {
    for (const cacheControl of ['public, max-age=60', 's-maxage=60']) {
      const site = openSite({}, whoAsks(cacheControl))
      await (await site.get('/', { authorization: 'ann' })).text()

      expect(await (await site.get('/', { authorization: 'bob' })).text()).toBe('for ann')
    }
  })

  it('is kept for each of them where `vary` names the credential', async () => {
    const site = openSite({ ttl: '1m', vary: ['Authorization'] }, whoAsks(undefined))

    const answers: string[] = []
    for (const who of ['ann', 'bob', 'ann', 'bob', undefined])
      answers.push(await (await site.get('/', who === undefined ? {} : { authorization: who })).text())

    expect(answers).toEqual(['for ann', 'for bob', 'for ann', 'for bob', 'for all'])
    expect(site.seen.length).toBe(3)
  })

  it('is kept where the response says Vary: Cookie, and where the user names the key', async () => {
    const varied = openSite({ ttl: '1m' }, whoAsks(undefined, { vary: 'Cookie' }))
    const keyed = openSite({ ttl: '1m', key: ({ headers }) => `user:${headers.get('cookie')}` }, whoAsks('private'))

    for (const site of [varied, keyed]) {
      const answers: string[] = []
      for (const cookie of ['ann', 'bob', 'ann']) answers.push(await (await site.get('/', { cookie })).text())
      expect(answers).toEqual(['for ann', 'for bob', 'for ann'])
      expect(site.seen.length).toBe(2)
    }
  })

  it('is not the anonymous one, where an option said how long that lives', async () => {
    const site = openSite({ ttl: '1m' }, whoAsks(undefined))
    await (await site.get('/')).text()

    expect(await (await site.get('/', { cookie: 'ann' })).text()).toBe('for ann')
    expect(await (await site.get('/')).text()).toBe('for all')
    expect(site.seen.length).toBe(2)
  })

  it('is never handed to another who waits for it', async () => {
    const site = openSite({ ttl: '1m' }, async (request) => {
      await new Promise(setImmediate)
      return whoAsks('max-age=60')(request)
    })

    const answers = await Promise.all(
      ['ann', 'bob', 'cid'].map(async (who) => (await site.get('/', { authorization: who })).text()),
    )

    expect(answers).toEqual(['for ann', 'for bob', 'for cid'])
  })
})

describe('a response for one client alone', () => {
  it.each<[string, string, Record<string, string>]>([
    ['with Set-Cookie', 'max-age=60', { 'set-cookie': 'session=1' }],
    ['private', 'private, max-age=60', {}],
    ['no-store for everybody', 'no-store', {}],
  ])('%s is not shared, not even with those who wait', async (_, cacheControl, headers) => {
    const site = openSite({ ttl: '1m' }, async (_, count) => {
      await new Promise(setImmediate)
      return said(cacheControl, String(count), headers)
    })

    const together = await Promise.all([1, 2, 3].map(async () => (await site.get('/')).text()))
    const after = await (await site.get('/')).text()

    expect(new Set([...together, after]).size).toBe(4)
  })

  it('with Set-Cookie is not shared by the clients that bring no cookie, though `vary` names it', async () => {
    const site = openSite({ ttl: '1m', vary: ['cookie'] }, (_, count) =>
      said('max-age=60', String(count), { 'set-cookie': `session=${count}` }),
    )
    await (await site.get('/')).text()

    expect((await site.get('/')).headers.get('set-cookie')).toBe('session=2')
  })

  it('leaves out the fields that private and no-cache name', async () => {
    const site = openSite({}, () =>
      said('max-age=60, private="x-user", no-cache="x-nonce"', 'body', {
        'x-user': 'ann',
        'x-nonce': '1',
        'x-all': '1',
      }),
    )
    await (await site.get('/')).text()

    const { headers } = await site.get('/')

    expect([headers.get('x-user'), headers.get('x-nonce'), headers.get('x-all')]).toEqual([null, null, '1'])
  })
})

describe('headers that nobody keys', () => {
  it.each([
    ['x-forwarded-host', 'evil.example'],
    ['x-forwarded-proto', 'http'],
    ['x-forwarded-prefix', '/evil'],
    ['x-original-url', '/admin'],
    ['x-rewrite-url', '/admin'],
    ['forwarded', 'for=1.2.3.4;host=evil.example'],
  ])('%s poisons nobody else', async (name, value) => {
    const site = openSite({ ttl: '1m' }, ({ headers }) => new Response(`link: ${headers.get(name) ?? 'shop.example'}`))

    const poisoned = await (await site.get('/', { [name]: value })).text()
    const clean = await (await site.get('/')).text()
    const again = await (await site.get('/', { [name]: value })).text()

    expect([poisoned, clean, again]).toEqual([`link: ${value}`, 'link: shop.example', `link: ${value}`])
    expect(site.seen.length).toBe(2)
  })

  it('an echoed Origin is kept apart though the response does not say Vary', async () => {
    const site = openSite({}, ({ headers }) =>
      said('max-age=60', 'body', { 'access-control-allow-origin': headers.get('origin') ?? '*' }),
    )
    await (await site.get('/', { origin: 'https://evil.example' })).text()

    const other = await site.get('/', { origin: 'https://good.example' })

    expect(other.headers.get('access-control-allow-origin')).toBe('https://good.example')
  })

  it('a compressed body does not reach who cannot read it, though the response does not say Vary', async () => {
    const site = openSite({}, ({ headers }) =>
      headers.get('accept-encoding') === null
        ? said('max-age=60', 'plain')
        : said('max-age=60', 'squeezed', { 'content-encoding': 'br' }),
    )
    await (await site.get('/', { 'accept-encoding': 'br' })).text()

    expect(await (await site.get('/')).text()).toBe('plain')
  })

  it.each(['x-http-method-override', 'x-http-method', 'x-method-override'])(
    'a GET that means another method (%s) goes by the cache',
    async (name) => {
      const site = openSite({ ttl: '1m' }, ({ headers }) => new Response(headers.get(name) ?? 'read'))

      const changed = await (await site.get('/', { [name]: 'DELETE' })).text()
      const read = await (await site.get('/')).text()
      const again = await (await site.get('/', { [name]: 'DELETE' })).text()

      expect([changed, read, again]).toEqual(['DELETE', 'read', 'DELETE'])
    },
  )

  it('a GET that announces a body goes by the cache', async () => {
    const site = openSite({ ttl: '1m' })
    await (await site.get('/', { 'content-length': '5' })).text()

    expect(await (await site.get('/')).text()).toBe('2')
  })
})

describe('what one URL is', () => {
  it.each([
    ['/account//', '/account/'],
    ['//account', '/account'],
    ['/account;a.css', '/account'],
    ['/account%2Fa.css', '/account/a.css'],
    ['/account%3Fx', '/account?x'],
    ['/a?x=1;y=2', '/a?x=1&y=2'],
    ['/a?x', '/a?x='],
    ['/a?x=1&x=2', '/a?x=2&x=1'],
    ['/a?x[]=1&x=2', '/a?x=2&x[]=1'],
    ['/a?x=1&%78=2', '/a?%78=2&x=1'],
    ['/a?x=1&X=2', '/a?X=2&x=1'],
    ['/a?x=1&b=2;x=3', '/a?b=2;x=3&x=1'],
    ['/A', '/a'],
  ])('%s is not %s', async (one, other) => {
    const site = openSite({ ttl: '1m' })
    await (await site.get(one)).text()

    expect(await (await site.get(other)).text()).toBe('2')
  })

  it('is kept however long it is, and no other', async () => {
    const site = openSite({ ttl: '1m' })
    const long = `/a?${'q'.repeat(20_000)}`

    const answers: string[] = []
    for (const end of ['1', '2', '1', '2']) answers.push(await (await site.get(`${long}${end}`)).text())

    expect(answers).toEqual(['1', '2', '1', '2'])
  })

  it('is the same in whatever order parameters of different names stand', async () => {
    const site = openSite({ ttl: '1m' })
    await (await site.get('/a?page=2&sort=name')).text()

    expect(await (await site.get('/a?sort=name&page=2')).text()).toBe('1')
  })
})

describe('Vary', () => {
  const byLanguage = (request: Request, count: number): Response =>
    said('max-age=60', `${request.headers.get('accept-language')} ${count}`, { vary: 'Accept-Language' })

  it('keeps a response for each value', async () => {
    const site = openSite({}, byLanguage)
    const answers: string[] = []
    for (const language of ['en', 'de', 'fr', 'en', 'DE', ' fr'])
      answers.push(await (await site.get('/', { 'accept-language': language })).text())

    expect(answers).toEqual(['en 1', 'de 2', 'fr 3', 'en 1', 'de 2', 'fr 3'])
  })

  it('keeps apart those who wait together', async () => {
    const site = openSite({}, async (request, count) => {
      await new Promise(setImmediate)
      return byLanguage(request, count)
    })

    const answers = await Promise.all(
      ['en', 'de', 'en', 'de'].map(async (language) => (await site.get('/', { 'accept-language': language })).text()),
    )

    expect(answers).toEqual(['en 1', 'de 2', 'en 1', 'de 2'])
  })

  it('makes values fewer as the option says', async () => {
    const site = openSite(
      { vary: { 'Accept-Language': (value) => (value?.startsWith('de') === true ? 'de' : 'en') } },
      byLanguage,
    )
    for (const language of ['de-AT', 'de;q=0.9', 'en', 'fr', 'es'])
      await (await site.get('/', { 'accept-language': language })).text()

    expect(site.seen.length).toBe(2)
  })

  it('of * is never shared', async () => {
    const site = openSite({}, (_, count) => said('max-age=60', String(count), { vary: 'accept, *' }))
    await (await site.get('/')).text()

    expect(await (await site.get('/')).text()).toBe('2')
  })

  it('ends with its URL: all variants at once', async () => {
    const site = openSite({}, (request, count) =>
      request.method === 'GET' ? byLanguage(request, count) : new Response(),
    )
    for (const language of ['en', 'de']) await (await site.get('/', { 'accept-language': language })).text()

    await site.get('/', {}, { method: 'POST', body: 'x' })
    const answers: string[] = []
    for (const language of ['de', 'en'])
      answers.push(await (await site.get('/', { 'accept-language': language })).text())

    expect(answers).toEqual(['de 4', 'en 5'])
  })
})
