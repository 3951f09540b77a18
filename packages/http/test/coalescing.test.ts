import { createCache, RemoteUnavailableError, type RemoteStore } from '@holdfast/core'
import { mapStore } from '@holdfast/testing'
import { describe, expect, it } from 'vitest'
import { cacheResponse } from '../src/index.ts'
import { openSite, said } from './web.ts'

/** A promise with its ends in hand. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open!: () => void
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

const tick = (): Promise<void> => new Promise(setImmediate)

describe('requests for one response at once', () => {
  it('run the handler once', async () => {
    const site = openSite({ ttl: '1m' }, async (_, count) => {
      await tick()
      return new Response(String(count))
    })

    const responses = await Promise.all(Array.from({ length: 50 }, () => site.get('/')))

    expect(new Set(await Promise.all(responses.map((each) => each.text())))).toEqual(new Set(['1']))
    expect(responses[1]!.headers.get('cache-status')).toBe('holdfast; fwd=uri-miss; collapsed')
  })

  it('share what the handler throws', async () => {
    const site = openSite({ ttl: '1m' }, async () => {
      await tick()
      throw new Error('down')
    })

    const outcomes = await Promise.allSettled([site.get('/'), site.get('/')])

    expect(outcomes.map((each) => each.status === 'rejected' && String(each.reason))).toEqual([
      'Error: down',
      'Error: down',
    ])
    expect(site.seen.length).toBe(1)
  })

  it('are served though the one for whom it runs goes away', async () => {
    const { opened, open } = gate()
    const site = openSite({ ttl: '1m' }, async (request, count) => {
      await opened
      request.signal.throwIfAborted()
      return new Response(String(count))
    })
    const abort = new AbortController()
    const first = site.get('/', {}, { signal: abort.signal }).catch((error: Error) => error.name)
    await tick()
    const second = site.get('/')
    await tick()

    abort.abort()
    await tick()
    open()

    expect(await first).toBe('AbortError')
    expect(await (await second).text()).toBe('1')
  })

  it('tell the handler when nobody waits any more, and keep nothing of it', async () => {
    const { opened, open } = gate()
    const told: boolean[] = []
    const site = openSite({ ttl: '1m' }, async (request, count) => {
      if (count === 1) await opened
      told.push(request.signal.aborted)
      return new Response(String(count))
    })
    const abort = new AbortController()
    const left = site.get('/', {}, { signal: abort.signal }).catch((error: Error) => error.name)
    await tick()
    abort.abort()
    await tick()
    open()
    await left

    expect(await (await site.get('/')).text()).toBe('2')
    expect(told).toEqual([true, false])
  })
})

/** A body in chunks, which the test lets out one by one. */
function streamed(): {
  readonly body: ReadableStream<Uint8Array>
  send(text: string): void
  end(): void
  fail(): void
  readonly isCancelled: () => boolean
} {
  let controller!: ReadableStreamDefaultController<Uint8Array>
  let isCancelled = false
  const body = new ReadableStream<Uint8Array>({
    start: (own) => {
      controller = own
    },
    cancel: () => {
      isCancelled = true
    },
  })
  return {
    body,
    send: (text) => controller.enqueue(Buffer.from(text)),
    end: () => controller.close(),
    fail: () => controller.error(new Error('broke off')),
    isCancelled: () => isCancelled,
  }
}

describe('a body that streams', () => {
  it('reaches the client as it comes, and is stored when it is whole', async () => {
    const stream = streamed()
    const site = openSite({ ttl: '1m' }, () => new Response(stream.body))
    const response = await site.get('/')
    const reader = response.body!.getReader()
    stream.send('one ')
    const first = await reader.read()
    const waiting = site.get('/')
    stream.send('two')
    stream.end()
    await reader.read()
    await reader.read()

    expect(Buffer.from(first.value!).toString()).toBe('one ')
    expect(await (await waiting).text()).toBe('one two')
    expect(site.seen.length).toBe(1)
  })

  it('above the limit passes through, and is not stored', async () => {
    const chunk = 'x'.repeat(400)
    const site = openSite({ ttl: '1m', maxBodyBytes: 1_000 }, () => {
      let sent = 0
      return new Response(
        new ReadableStream<Uint8Array>({
          pull(controller) {
            sent += 1
            controller.enqueue(Buffer.from(chunk))
            if (sent === 5) controller.close()
          },
        }),
      )
    })

    const bodies = await Promise.all([site.get('/'), site.get('/')].map(async (each) => (await each).text()))

    expect(bodies.map((body) => body.length)).toEqual([2_000, 2_000])
    expect(site.seen.length).toBe(2)
    expect(site.cache.stats().shared.memoryEntries).toBe(0)
  })

  it('that says it is above the limit is not copied at all', async () => {
    const site = openSite({ ttl: '1m', maxBodyBytes: '1kb' }, () =>
      said('max-age=60', 'x'.repeat(2_000), { 'content-length': '2000' }),
    )

    const response = await site.get('/')

    expect(response.headers.get('cache-status')).toMatch(/detail=too-large/)
    expect((await response.text()).length).toBe(2_000)
  })

  it('that breaks off breaks off for its client, and is not stored', async () => {
    const stream = streamed()
    const site = openSite({ ttl: '1m' }, (_, count) => new Response(count === 1 ? stream.body : 'whole'))
    const response = await site.get('/')
    stream.send('half')
    await tick()
    stream.fail()

    await expect(response.text()).rejects.toThrow('broke off')
    expect(await (await site.get('/')).text()).toBe('whole')
  })

  it('that is shorter than it says is not stored', async () => {
    const site = openSite({}, (_, count) => said('max-age=60', String(count), { 'content-length': '10' }))
    await (await site.get('/')).text()

    expect(await (await site.get('/')).text()).toBe('2')
  })

  it('that its client does not read on is finished for those who wait', async () => {
    const stream = streamed()
    const site = openSite({ ttl: '1m' }, () => new Response(stream.body))
    const response = await site.get('/')
    stream.send('one ')
    await tick()
    const waiting = site.get('/')
    await tick()
    await response.body!.cancel()
    stream.send('two')
    stream.end()

    expect(await (await waiting).text()).toBe('one two')
  })

  it('of events is never held back nor kept', async () => {
    const site = openSite({ ttl: '1m' }, () =>
      said('max-age=60', 'data: 1\n\n', { 'content-type': 'text/event-stream' }),
    )
    await (await site.get('/')).text()
    await (await site.get('/')).text()

    expect(site.seen.length).toBe(2)
  })
})

describe('a cache that fails', () => {
  it('fails no request when it is closed', async () => {
    const site = openSite({ ttl: '1m' })
    await site.cache.close()

    expect(await (await site.get('/')).text()).toBe('1')
    expect((await site.get('/', {}, { method: 'POST', body: 'x' })).status).toBe(200)
    expect((await site.get('/', {}, { method: 'HEAD' })).status).toBe(200)
  })

  it('fails no request when its store does', async () => {
    const fail = (): Promise<never> => Promise.reject(new RemoteUnavailableError('Not connected.'))
    const remote: RemoteStore = { getMany: fail, setMany: fail, deleteMany: fail, close: () => Promise.resolve() }
    const cache = createCache({ remote })
    const handle = cacheResponse(cache, { ttl: '1m' })(() => new Response('served'))

    const answers = [
      await handle(new Request('http://a.example/')),
      await handle(new Request('http://a.example/', { method: 'POST' })),
    ]

    expect(await Promise.all(answers.map((each) => each.text()))).toEqual(['served', 'served'])
    await cache.close()
  })

  it('fails no request when a load takes longer than the cache waits', async () => {
    const { opened, open } = gate()
    const site = openSite({ ttl: '1m' }, async (_, count) => {
      await opened
      return new Response(String(count))
    })
    const first = site.get('/')
    const second = site.get('/')
    await tick()

    await site.clock.advance(31_000)
    open()

    expect(new Set([await (await first).text(), await (await second).text()])).toEqual(new Set(['1', '2']))
  })

  it('fails no request when a function of its options throws', async () => {
    const warnings: string[] = []
    const heard = (warning: Error): void => void warnings.push(warning.message)
    process.on('warning', heard)
    const fail = (): never => {
      throw new Error('of the user')
    }
    const all = [
      { ttl: fail },
      { ttl: '1m', tags: fail },
      { ttl: '1m', key: fail },
      { ttl: '1m', invalidates: fail },
    ] as const

    for (const options of [...all, { ttl: '1m', vary: { 'accept-language': fail } } as const]) {
      const site = openSite(options)
      expect(await (await site.get('/')).text()).toBe('1')
      expect((await site.get('/', {}, { method: 'PUT', body: 'x' })).status).toBe(200)
    }

    await tick()
    process.off('warning', heard)
    for (const option of ['ttl', 'tags', 'key', 'invalidates', 'vary.accept-language'])
      expect(warnings).toContain(`The option \`${option}\` of cacheResponse threw: Error: of the user`)
  })

  it('needs no place among the loads that it may be part of', async () => {
    const cache = createCache({ memory: mapStore(), loads: { maxConcurrent: 1 } })
    const handle = cacheResponse(cache, { ttl: '1m' })(
      async (request) => new Response(await cache.getOrSet(`data:${request.url}`, () => 'data')),
    )

    const bodies = await Promise.all(
      ['/a', '/b', '/c'].map(async (path) => (await handle(new Request(`http://a.example${path}`))).text()),
    )

    expect(bodies).toEqual(['data', 'data', 'data'])
    await cache.close()
  })
})

describe('a request that changes something', () => {
  it('ends what is stored of its URL, and of those its response names, when it succeeds', async () => {
    const site = openSite({ ttl: '1m' }, (request, count) =>
      request.method === 'GET'
        ? new Response(String(count))
        : new Response(null, {
            status: 201,
            headers: { location: '/items/7', 'content-location': 'http://other.example/list' },
          }),
    )
    for (const path of ['/items', '/items/7', '/list']) await (await site.get(path)).text()

    await site.get('/items', {}, { method: 'POST', body: 'x' })
    const answers: string[] = []
    for (const path of ['/items', '/items/7', '/list']) answers.push(await (await site.get(path)).text())

    expect(answers).toEqual(['5', '6', '3'])
  })

  it('ends nothing when it fails', async () => {
    const site = openSite(
      { ttl: '1m' },
      (request, count) => new Response(String(count), { status: request.method === 'GET' ? 200 : 409 }),
    )
    await (await site.get('/')).text()

    await site.get('/', {}, { method: 'DELETE' })

    expect(await (await site.get('/')).text()).toBe('1')
  })

  it('ends the tags that the option names, before it is answered', async () => {
    const site = openSite(
      {
        ttl: '1m',
        tags: (request) => [`shop:${new URL(request.url).searchParams.get('shop')}`],
        invalidates: ({ url }) => [`shop:${new URL(url).searchParams.get('shop')}`],
      },
      (_, count) => new Response(String(count)),
    )
    for (const shop of ['a', 'b']) await (await site.get(`/list?shop=${shop}`)).text()

    await site.get('/orders?shop=a', {}, { method: 'POST', body: 'x' })

    expect(await (await site.get('/list?shop=a')).text()).toBe('4')
    expect(await (await site.get('/list?shop=b')).text()).toBe('2')
  })

  it('keeps a slow response of before from coming back', async () => {
    const { opened, open } = gate()
    const site = openSite({ ttl: '1m', tags: ['items'] }, async (request, count) => {
      if (request.method === 'GET' && count === 1) await opened
      return new Response(String(count))
    })
    const slow = site.get('/')
    await tick()

    await site.cache.invalidateTags('items')
    open()
    await (await slow).text()

    expect(await (await site.get('/')).text()).toBe('2')
  })
})
