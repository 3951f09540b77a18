import { afterEach, describe, expect, it } from 'vitest'
import type { CacheResponseOptions } from '../src/index.ts'
import { frameworks, type Handle, type Open } from './frameworks.ts'
import { openCache, received, running, until, type Running } from './server.ts'

const opened: AsyncDisposable[] = []

afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]()
})

async function openServer(open: Open, options: CacheResponseOptions, handle: Handle): Promise<Running> {
  const cache = openCache()
  const server = await running(await open(cache, options, handle))
  opened.push(server, cache)
  return server
}

/** A counter of calls, in every answer. */
function counting(headers: Record<string, string> = {}): Handle & { readonly calls: () => number } {
  let calls = 0
  const handle: Handle = () => ({ headers, body: `answer ${(calls += 1)}` })
  return Object.assign(handle, { calls: () => calls })
}

describe.each(frameworks)('%s', (name, open) => {
  it('serves what is stored, with its fields', async () => {
    const handle = counting({ 'x-own': 'yes', 'content-type': 'text/plain' })
    const server = await openServer(open, { ttl: '1m' }, handle)

    const first = await server.get('/a?x=1')
    const second = await server.get('/a?x=1')
    const other = await server.get('/a?x=2')

    expect([await first.text(), await second.text(), await other.text()]).toEqual(['answer 1', 'answer 1', 'answer 2'])
    expect(second.headers.get('x-own')).toBe('yes')
    expect(second.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(second.headers.get('content-length')).toBe('8')
    expect(first.headers.get('cache-status')).toBe('holdfast; fwd=uri-miss; fwd-status=200; stored')
    expect(second.headers.get('cache-status')).toMatch(/^holdfast; hit; ttl=\d+$/)
    expect(second.headers.get('age')).toBe('0')
  })

  it('stores no fields of those that stand before it', async () => {
    const server = await openServer(open, { ttl: '1m' }, counting())

    const ids: (string | null)[] = []
    for (let i = 0; i < 3; i++) ids.push((await server.get('/')).headers.get('x-request-id'))

    // Set before by a middleware of Express and a hook of Fastify; the others have none.
    expect(new Set(ids).size).toBe(/Express|Fastify/.test(name) ? 3 : 1)
  })

  it('answers a client that has a copy with 304, whether or not it was stored', async () => {
    const handle = counting({ etag: '"v1"', 'cache-control': 'max-age=60' })
    const server = await openServer(open, {}, handle)

    // Fetch adds `no-cache` to conditional requests that say nothing else.
    const conditions = { headers: { 'if-none-match': '"v1"', 'cache-control': 'max-age=60' } }
    const statuses = [await server.get('/', conditions), await server.get('/', conditions)].map(({ status }) => status)
    const whole = await server.get('/')

    expect(statuses).toEqual([304, 304])
    expect(await whole.text()).toBe('answer 1')
    expect(handle.calls()).toBe(1)
  })

  it('revalidates with the handler', async () => {
    let revalidations = 0
    const server = await openServer(open, {}, ({ header }) => {
      if (header('if-none-match') !== '"v1"')
        return { headers: { etag: '"v1"', 'cache-control': 'no-cache' }, body: 'whole' }
      revalidations += 1
      return { status: 304, headers: { etag: '"v1"', 'x-new': String(revalidations) } }
    })
    await (await server.get('/')).text()

    const again = await server.get('/')

    expect([again.status, await again.text(), again.headers.get('x-new')]).toEqual([200, 'whole', '1'])
  })

  it('answers with what a 304 confirmed though that may not be kept', async () => {
    const calls: string[] = []
    const server = await openServer(open, {}, ({ header }) => {
      const tag = header('if-none-match')
      calls.push(tag ?? 'none')
      if (tag === '"v1"') return { status: 304, headers: { etag: '"v1"', 'cache-control': 'no-store' } }
      return { headers: { etag: '"v1"', 'cache-control': 'no-cache' }, body: 'whole' }
    })
    await (await server.get('/')).text()

    const again = await server.get('/')

    expect([again.status, await again.text(), calls]).toEqual([200, 'whole', ['none', '"v1"']])
  })

  it('serves HEAD and parts from what is stored', async () => {
    const handle = counting()
    const server = await openServer(open, { ttl: '1m' }, handle)
    await (await server.get('/')).text()

    const head = await server.get('/', { method: 'HEAD' })
    const part = await server.get('/', { headers: { range: 'bytes=0-2' } })

    expect([head.headers.get('content-length'), await head.text()]).toEqual(['8', ''])
    expect([part.status, await part.text()]).toEqual([206, 'ans'])
    expect(handle.calls()).toBe(1)
  })

  it('runs the handler once for those who ask at once', async () => {
    let go!: () => void
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    let calls = 0
    const server = await openServer(open, { ttl: '1m' }, async () => {
      calls += 1
      await gate
      return { body: `answer ${calls}` }
    })
    const asked = Array.from({ length: 10 }, async () => (await server.get('/')).text())
    await until(() => calls === 1)
    go()

    expect(new Set(await Promise.all(asked))).toEqual(new Set(['answer 1']))
  })

  it('streams, and stores what has been streamed whole', async () => {
    let calls = 0
    const server = await openServer(open, { ttl: '1m' }, () => {
      calls += 1
      return { body: pieces(['one ', 'two ', 'three']) }
    })

    const bodies = [await (await server.get('/')).text(), await (await server.get('/')).text()]

    expect(bodies).toEqual(['one two three', 'one two three'])
    expect(calls).toBe(1)
  })

  it('passes on a stream above the limit', async () => {
    let calls = 0
    const server = await openServer(open, { ttl: '1m', maxBodyBytes: 10 }, () => {
      calls += 1
      return { body: pieces(['0123456', '789abcd', 'efghijk']) }
    })

    const bodies = [await (await server.get('/')).text(), await (await server.get('/')).text()]

    expect(bodies).toEqual(['0123456789abcdefghijk', '0123456789abcdefghijk'])
    expect(calls).toBe(2)
  })

  it('breaks nobody when the client for whom the handler runs goes away', async () => {
    let go!: () => void
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    let calls = 0
    const server = await openServer(open, { ttl: '1m' }, async () => {
      calls += 1
      await gate
      return { body: 'answer' }
    })
    const leaver = await server.send('GET / HTTP/1.1\r\nhost: a.example\r\n\r\n')
    await until(() => calls === 1)
    const waiting = Array.from(
      { length: 3 },
      async () => await server.send('GET / HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n'),
    )
    const sockets = await Promise.all(waiting)
    const answers = sockets.map((socket) => received(socket))
    leaver.destroy()
    await new Promise((resolve) => {
      leaver.once('close', resolve)
    })
    setImmediate(() => go())

    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/\r\n\r\nanswer$|\r\n6\r\nanswer\r\n0\r\n/)
  })

  it('keeps nothing of a response whose client went away in the middle of it', async () => {
    let calls = 0
    const server = await openServer(open, { ttl: '1m' }, () => {
      calls += 1
      // A handler that ends its response when it notices.
      return { body: calls > 1 ? 'whole' : endless(() => server.clients() === 0) }
    })
    const leaver = await server.send('GET / HTTP/1.1\r\nhost: a.example\r\n\r\n')
    await new Promise((resolve) => {
      leaver.once('data', resolve)
    })
    leaver.destroy()
    await until(() => server.clients() === 0)
    await new Promise(setImmediate)
    await new Promise(setImmediate)

    const socket = await server.send('GET / HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n')
    expect(await received(socket)).toMatch(/whole/)
  })

  it('ends what a request has changed before it answers', async () => {
    let version = 1
    const server = await openServer(open, { ttl: '1m', tags: ['items'], invalidates: ['items'] }, ({ method }) => {
      if (method === 'POST') version += 1
      return { status: method === 'POST' ? 201 : 200, body: `version ${version}` }
    })
    for (const path of ['/items', '/list']) await (await server.get(path)).text()

    const changed = await server.get('/items', { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } })
    await changed.text()
    const after = [await (await server.get('/items')).text(), await (await server.get('/list')).text()]

    expect(changed.status).toBe(201)
    expect(after).toEqual(['version 2', 'version 2'])
  })

  it('gives nobody the answer to another, whoever waits with it', async () => {
    const server = await openServer(open, { ttl: '1m' }, async ({ header }) => {
      await new Promise(setImmediate)
      return { body: `for ${header('authorization') ?? 'all'}` }
    })

    const who = ['ann', 'bob', 'cid', 'ann']
    const answers = await Promise.all(
      who.map(async (name) => (await server.get('/', { headers: { authorization: name } })).text()),
    )

    expect(answers).toEqual(who.map((name) => `for ${name}`))
  })

  it.each([
    ['//a', '/a'],
    ['/a/../b', '/b'],
    ['/a%2fb', '/a/b'],
    ['/a\\b', '/a/b'],
    ['/a;x', '/a'],
    ['/a?x#y', '/a?x'],
  ])('does not take %s for %s', async (one, other) => {
    const server = await openServer(open, { ttl: '1m' }, ({ path }) => ({ body: `path ${path}` }))
    const ask = async (path: string): Promise<string> => {
      const text = await received(
        await server.send(`GET ${path} HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n`),
      )
      return /path (\S+)/.exec(text)?.[1] ?? text
    }

    const alone = await openServer(open, { ttl: '0ms' }, ({ path }) => ({ body: `path ${path}` }))
    const askAlone = async (path: string): Promise<string> => {
      const text = await received(
        await alone.send(`GET ${path} HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n`),
      )
      return /path (\S+)/.exec(text)?.[1] ?? text
    }

    // What the cache answers is what the handler would have.
    expect([await ask(one), await ask(other)]).toEqual([await askAlone(one), await askAlone(other)])
  })

  it('serves stale and asks again behind', async () => {
    let calls = 0
    const server = await openServer(open, {}, () => {
      calls += 1
      return { headers: { 'cache-control': 'max-age=0, stale-while-revalidate=60' }, body: `answer ${calls}` }
    })
    const get = async (): Promise<string> => (await server.get('/')).text()
    await get()

    const second = await get()
    let later = second
    while (later === 'answer 1') later = await get()

    // A middleware of Hono cannot run what comes after it once it has answered.
    expect(second).toBe(name === 'Hono' ? 'answer 2' : 'answer 1')
    expect(later).toMatch(/^answer [2-9]/)
  })

  it('goes on without its cache', async () => {
    const cache = openCache()
    const server = await running(await open(cache, { ttl: '1m' }, counting()))
    opened.push(server)
    await cache.close()

    expect(await (await server.get('/')).text()).toBe('answer 1')
    expect((await server.get('/', { method: 'POST', body: 'x' })).status).toBe(200)
  })
})

async function* pieces(texts: readonly string[]): AsyncGenerator<string> {
  for (const text of texts) {
    await new Promise(setImmediate)
    yield text
  }
}

async function* endless(isOver: () => boolean): AsyncGenerator<string> {
  while (!isOver()) {
    yield 'part of it '
    await new Promise(setImmediate)
  }
}
