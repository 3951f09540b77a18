import { InvalidOptionError } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { cacheResponse } from '../src/index.ts'
import { openSite } from './web.ts'

it('what is no cache is refused', () => {
  expect(() => cacheResponse(undefined as never)).toThrow(InvalidOptionError)
  expect(() => cacheResponse({} as never)).toThrow(
    'Expected `cache` to have namespace(), lookup(). It is what `createCache` makes, or a namespace of one.',
  )
})

describe('an option', () => {
  it('that is undefined is as if it were not there', async () => {
    const site = openSite({ ttl: '1m', vary: undefined, tags: undefined, key: undefined })
    await (await site.get('/')).text()

    expect(await (await site.get('/')).text()).toBe('1')
  })

  it('`vary` of a record takes a header as it comes where it says true', async () => {
    const site = openSite(
      { ttl: '1m', vary: { 'X-Region': true } },
      ({ headers }) => new Response(`in ${headers.get('x-region')}`),
    )

    const answers: string[] = []
    for (const region of ['eu', 'us', 'eu']) answers.push(await (await site.get('/', { 'x-region': region })).text())

    expect([answers, site.seen.length]).toEqual([['in eu', 'in us', 'in eu'], 2])
  })

  it('`ttl` of a function is asked for each response', async () => {
    const site = openSite(
      { ttl: (request, { status }) => (status === 404 ? '10s' : request.url.endsWith('/live') ? undefined : '1m') },
      (request, count) => new Response(String(count), { status: request.url.endsWith('/none') ? 404 : 200 }),
    )
    const runs = async (path: string, apartMs: number): Promise<number> => {
      const before = site.seen.length
      await (await site.get(path)).text()
      await site.clock.advance(apartMs)
      await (await site.get(path)).text()
      return site.seen.length - before
    }

    expect([await runs('/', 30_000), await runs('/live', 0), await runs('/none', 5_000)]).toEqual([1, 2, 1])
    expect(await runs('/other/none', 11_000)).toBe(2)
  })

  it('`namespace` keeps what two handlers answer under one URL apart, and is cleared by itself', async () => {
    const site = openSite()
    const request = (): Request => new Request('http://shop.example/')
    let calls = 0
    const handle = (name: string) =>
      cacheResponse(site.cache, { ttl: '1m', namespace: name })(() => new Response(`${name} ${(calls += 1)}`))
    const [pages, parts] = [handle('pages'), handle('parts')]
    const both = async (): Promise<readonly string[]> => [
      await (await pages(request())).text(),
      await (await parts(request())).text(),
    ]
    expect(await both()).toEqual(['pages 1', 'parts 2'])

    await site.cache.namespace('pages').clear()

    expect(await both()).toEqual(['pages 3', 'parts 2'])
  })

  it('`heuristic` counts from the Date of the response', async () => {
    const headers = {
      date: new Date(Date.now() - 50_000).toUTCString(),
      'last-modified': new Date(Date.now() - 1_050_000).toUTCString(),
    }
    const runs = async (apartMs: number): Promise<number> => {
      const site = openSite({ heuristic: 0.1 }, () => new Response('body', { headers }))
      await (await site.get('/')).text()
      await site.clock.advance(apartMs)
      await (await site.get('/')).text()
      return site.seen.length
    }

    // Fresh for 100 seconds, of which 50 are over.
    expect([await runs(40_000), await runs(52_000)]).toEqual([1, 2])
  })
})
