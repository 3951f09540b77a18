import { describe, expect, it } from 'vitest'
import { openSite, said } from './web.ts'

const dateIn = (ms: number): string => new Date(Date.now() + ms).toUTCString()

/** How many times the handler runs for two requests, some time apart. */
async function loads(headers: Record<string, string>, apartMs: number, options = {}): Promise<number> {
  const site = openSite(options, (_, count) => new Response(String(count), { headers }))
  await (await site.get('/')).text()
  await site.clock.advance(apartMs)
  await (await site.get('/')).text()
  return site.seen.length
}

describe('Expires', () => {
  it('says how long a response is fresh, counted from its Date', async () => {
    expect(await loads({ expires: dateIn(60_000) }, 30_000)).toBe(1)
    expect(await loads({ expires: dateIn(60_000) }, 62_000)).toBe(2)
    // The clocks of handler and cache differ by an hour.
    const skewed = { date: dateIn(3_600_000), expires: dateIn(3_660_000) }
    expect([await loads(skewed, 30_000), await loads(skewed, 62_000)]).toEqual([1, 2])
  })

  it.each([['0'], ['-1'], ['never'], [dateIn(-60_000)]])('of %s is over, whatever the option says', async (expires) => {
    expect(await loads({ expires }, 0, { ttl: '1h' })).toBe(2)
  })

  it('counts less than max-age', async () => {
    expect(await loads({ expires: dateIn(-60_000), 'cache-control': 'max-age=60' }, 30_000)).toBe(1)
    expect(await loads({ expires: dateIn(3_600_000), 'cache-control': 'max-age=10' }, 30_000)).toBe(2)
  })
})

describe('a field for caches such as this one', () => {
  it('counts more than what is said to all', async () => {
    const both = (own: string, all: string): Record<string, string> => ({
      'cdn-cache-control': own,
      'cache-control': all,
    })

    expect(await loads(both('max-age=60', 'no-store'), 30_000)).toBe(1)
    expect(await loads(both('max-age=10', 'max-age=3600'), 30_000)).toBe(2)
    expect(await loads(both('no-store', 'max-age=3600'), 0)).toBe(2)
    // It says nothing of a lifetime: `Expires` is not asked.
    expect(await loads({ 'cdn-cache-control': 'public', expires: dateIn(60_000) }, 0)).toBe(2)
  })

  it.each(['max-age="60"', 'max-age=', 'max-age=60,', '=60', 'max-age=1.5'])(
    'is ignored where it cannot be read: %s',
    async (own) => {
      expect(await loads({ 'cdn-cache-control': own, 'cache-control': 'max-age=60' }, 30_000)).toBe(1)
      expect(await loads({ 'cdn-cache-control': own, 'cache-control': 'no-store' }, 0)).toBe(2)
    },
  )

  it('is the first of those that the option names, and no other', async () => {
    const headers = { 'shop-cache-control': 'max-age=60', 'cdn-cache-control': 'no-store', 'cache-control': 'no-store' }

    expect(await loads(headers, 30_000, { targets: ['Shop-Cache-Control', 'CDN-Cache-Control'] })).toBe(1)
    expect(await loads(headers, 30_000)).toBe(2)
  })
})

describe('a stale response with Last-Modified alone', () => {
  const modified = dateIn(-3_600_000)

  it('is revalidated by its date, as long as the option keeps it', async () => {
    const site = openSite({ keep: '1m' }, (request) =>
      request.headers.get('if-modified-since') === modified
        ? new Response(null, { status: 304, headers: { 'cache-control': 'max-age=10' } })
        : said('max-age=10', 'whole', { 'last-modified': modified }),
    )
    const since = (): (string | null)[] => site.seen.map(({ headers }) => headers.get('if-modified-since'))
    await (await site.get('/')).text()

    await site.clock.advance(30_000)
    expect(await (await site.get('/')).text()).toBe('whole')
    expect(since()).toEqual([null, modified])
    await site.clock.advance(75_000)
    expect(await (await site.get('/')).text()).toBe('whole')
    expect(since()).toEqual([null, modified, null])
  })
})

describe('an option for all that says nothing itself', () => {
  it('serves stale while it is loaded again, and not where the handler forbids it', async () => {
    for (const [cacheControl, bodies] of [
      ['max-age=10', ['1', '2']],
      ['max-age=10, must-revalidate', ['2', '2']],
      ['s-maxage=10', ['2', '2']],
    ] as const) {
      const site = openSite({ staleWhileRevalidate: '1m' }, (_, count) => said(cacheControl, String(count)))
      await (await site.get('/')).text()
      await site.clock.advance(11_000)

      const stale = await (await site.get('/')).text()
      await site.clock.advance(0)
      expect([stale, await (await site.get('/')).text()]).toEqual(bodies)
    }
  })

  it.each([
    ['max-stale=30', '1'],
    ['max-stale', '1'],
    ['max-stale=5', '2'],
    ['max-stale=30, min-fresh=1', '2'],
  ])('obeys a client that takes what is stale: %s', async (wish, body) => {
    const site = openSite({}, (_, count) => said('max-age=10', String(count), { etag: `"${count}"` }))
    await (await site.get('/')).text()
    await site.clock.advance(20_000)

    expect(await (await site.get('/', { 'cache-control': wish })).text()).toBe(body)
  })
})

describe('a response that was old already', () => {
  it('is fresh for what is left of its life', async () => {
    const age = { age: '50', 'cache-control': 'max-age=60' }

    expect([await loads(age, 5_000), await loads(age, 11_000)]).toEqual([1, 2])
    expect(await loads({ date: dateIn(-50_000), 'cache-control': 'max-age=60' }, 12_000)).toBe(2)
    // What is no number is no age.
    expect(await loads({ age: 'old', 'cache-control': 'max-age=60' }, 30_000)).toBe(1)
  })
})
