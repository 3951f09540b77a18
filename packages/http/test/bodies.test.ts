import { describe, expect, it } from 'vitest'
import { cacheResponse } from '../src/index.ts'
import { openSite, said } from './web.ts'

const turn = (): Promise<void> => new Promise(setImmediate)

/** A body far above every limit here, that says whether it was cancelled. */
function large() {
  let isCancelled = false
  let pulls = 0
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulls += 1
      if (pulls === 500) controller.close()
      else controller.enqueue(Buffer.alloc(1_000))
    },
    cancel: () => {
      isCancelled = true
    },
  })
  return { body, isCancelled: () => isCancelled, pulls: () => pulls }
}

describe('a response without a body', () => {
  it.each([204, 301, 404, 410])('is stored with its status, %i', async (status) => {
    const headers = { 'cache-control': 'max-age=60', location: '/there' }
    const site = openSite({}, () => new Response(null, { status, headers }))

    const answers = [await site.get('/'), await site.get('/')]

    expect(answers.map((each) => [each.status, each.headers.get('location')])).toEqual([
      [status, '/there'],
      [status, '/there'],
    ])
    expect(answers[1]!.headers.get('content-length')).toBe(status === 204 ? null : '0')
    expect(site.seen.length).toBe(1)
  })

  it('is loaded again behind one that is stale', async () => {
    const site = openSite({}, (_, count) =>
      said('max-age=10, stale-while-revalidate=60', count === 1 ? 'first' : null, { 'x-count': String(count) }),
    )
    await (await site.get('/')).text()
    await site.clock.advance(11_000)

    expect(await (await site.get('/')).text()).toBe('first')
    await site.clock.advance(0)
    await turn()

    const after = await site.get('/')
    expect([after.headers.get('x-count'), await after.text(), site.seen.length]).toEqual(['2', '', 2])
  })

  it('of a handler that was not asked for a part, or for news, is never stored', async () => {
    for (const status of [206, 304]) {
      const site = openSite({}, (_, count) =>
        count === 1
          ? new Response(status === 304 ? null : 'part', { status, headers: { 'cache-control': 'max-age=60' } })
          : said('max-age=60', 'whole'),
      )

      expect((await site.get('/')).status).toBe(status)
      expect(await (await site.get('/')).text()).toBe('whole')
    }
  })
})

describe('a body that nobody will read', () => {
  it('is cancelled where a stale response stands in for it', async () => {
    const { body, isCancelled } = large()
    const site = openSite({ ttl: '10s', grace: '1m' }, (_, count) =>
      count === 1 ? new Response('first') : new Response(body, { status: 503 }),
    )
    await (await site.get('/')).text()
    await site.clock.advance(11_000)

    expect(await (await site.get('/')).text()).toBe('first')

    await turn()
    expect(isCancelled()).toBe(true)
  })

  it('is cancelled behind an answer as soon as it is too large, and what is stale stays', async () => {
    const { body, isCancelled } = large()
    const site = openSite({ ttl: '10s', staleWhileRevalidate: '10m', maxBodyBytes: '10kb' }, (_, count) =>
      count === 1 ? new Response('first') : new Response(body),
    )
    await (await site.get('/')).text()
    await site.clock.advance(11_000)
    await (await site.get('/')).text()
    for (let i = 0; i < 50 && !isCancelled(); i++) await turn()

    expect(isCancelled()).toBe(true)
    expect(await (await site.get('/')).text()).toBe('first')
  })

  it('is cancelled when its client turns away from what is too large to be kept', async () => {
    const { body, isCancelled } = large()
    const site = openSite({ ttl: '1m', maxBodyBytes: '10kb' }, () => new Response(body))
    const reader = (await site.get('/')).body!.getReader()
    for (let i = 0; i < 20; i++) await reader.read()

    await reader.cancel()

    expect(isCancelled()).toBe(true)
  })

  it('is read no further when its client has turned away and it is too large for those who wait', async () => {
    const { body, isCancelled, pulls } = large()
    const site = openSite({ ttl: '1m', maxBodyBytes: '10kb' }, (_, count) => new Response(count === 1 ? body : 'own'))
    const first = await site.get('/')
    const waiting = site.get('/')

    await first.body!.cancel()

    expect(await (await waiting).text()).toBe('own')
    expect(isCancelled()).toBe(true)
    expect(pulls()).toBeLessThan(20)
  })

  it('that breaks off behind an answer leaves what is stale', async () => {
    const site = openSite({}, (_, count) => {
      const cacheControl = 'max-age=10, stale-while-revalidate=600'
      if (count !== 2) return said(cacheControl, String(count))
      const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('broke off')) })
      return new Response(broken, { headers: { 'cache-control': cacheControl } })
    })
    await (await site.get('/')).text()
    await site.clock.advance(11_000)

    const answers: string[] = []
    for (let i = 0; i < 3; i++) {
      answers.push(await (await site.get('/')).text())
      await site.clock.advance(0)
      await turn()
    }

    expect(answers).toEqual(['1', '1', '3'])
  })
})

describe('a cache without a name', () => {
  it('hands on what it does not keep as the handler made it, and says nothing of itself', async () => {
    const site = openSite({ name: false })
    const own = new Response('own', { headers: { 'cache-control': 'no-store' } })
    const cached = cacheResponse(site.cache, { name: false })(() => own)

    expect(await cached(new Request('http://shop.example/'))).toBe(own)
    await (await site.get('/')).text()
    expect((await site.get('/')).headers.get('cache-status')).toBeNull()
  })

  it('keeps the member of a cache nearer to the origin before its own', async () => {
    const site = openSite({ name: 'front' }, () => said('max-age=60', 'body', { 'cache-status': 'back; hit' }))

    const first = await site.get('/')
    await first.text()
    const second = await site.get('/')

    expect(first.headers.get('cache-status')).toBe('back; hit, front; fwd=uri-miss; fwd-status=200; stored')
    expect(second.headers.get('cache-status')).toMatch(/^back; hit, front; hit; ttl=\d+$/)
  })
})
