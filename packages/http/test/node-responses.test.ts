import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { Cache, CacheOptions } from '@holdfast/core'
import { createCache } from '@holdfast/core'
import { mapStore } from '@holdfast/testing/simulation'
import { afterEach, describe, expect, it } from 'vitest'
import type { CacheResponseOptions } from '../src/index.ts'
import { cacheResponse, type Listener } from '../src/node.ts'
import { received, running, until, type Running } from './server.ts'

const opened: AsyncDisposable[] = []

afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]()
})

interface Site {
  readonly server: Running
  readonly cache: Cache
}

async function openSite(
  options: CacheResponseOptions,
  listener: Listener,
  cacheOptions: CacheOptions = { memory: mapStore() },
): Promise<Site> {
  const cache = createCache(cacheOptions)
  const server = await running(createServer(cacheResponse(cache, options)(listener)))
  opened.push(server, cache)
  return { server, cache }
}

/** The body of a GET, as often as asked. */
async function bodies(server: Running, count: number): Promise<readonly string[]> {
  const all: string[] = []
  for (let i = 0; i < count; i++) all.push(await (await server.get('/')).text())
  return all
}

describe('a listener may send its head', () => {
  it.each<[string, (response: ServerResponse) => unknown]>([
    ['as a record', (response) => response.writeHead(203, { 'x-one': '1', 'X-Many': ['a', 'b'] })],
    ['with a reason', (response) => response.writeHead(203, 'Of Course', { 'x-one': '1', 'x-many': ['a', 'b'] })],
    ['as a flat list', (response) => response.writeHead(203, ['x-one', '1', 'X-Many', 'a', 'x-many', 'b'])],
    [
      'as pairs',
      (response) =>
        response.writeHead(203, [
          ['x-one', '1'],
          ['x-many', 'a'],
          ['x-many', 'b'],
        ] as never),
    ],
    [
      'field by field',
      (response) => {
        response.statusCode = 203
        response.setHeader('x-one', 1)
        response.appendHeader('x-many', 'a').appendHeader('x-many', 'b')
      },
    ],
  ])('%s, and what is stored of it is the same', async (how, send) => {
    let calls = 0
    const { server } = await openSite({ ttl: '1m' }, (_, response) => {
      calls += 1
      send(response)
      response.end('body')
    })

    const answers = [await server.get('/'), await server.get('/')]

    const seen = answers.map(({ status, statusText, headers }) => [
      status,
      statusText,
      headers.get('x-one'),
      headers.get('x-many'),
    ])
    expect(seen[1]).toEqual(seen[0])
    const reason = how === 'with a reason' ? 'Of Course' : 'Non-Authoritative Information'
    expect(seen[0]).toEqual([203, reason, '1', 'a, b'])
    expect(calls).toBe(1)
  })

  it('before it knows its body, and its client has it then', async () => {
    let goOn!: () => void
    const { server } = await openSite({ ttl: '1m' }, (_, response) => {
      response.setHeader('x-early', 'yes')
      response.flushHeaders()
      goOn = () => response.end('late')
    })

    const response = await server.get('/')
    expect(response.headers.get('x-early')).toBe('yes')
    goOn()

    expect(await response.text()).toBe('late')
    expect(await bodies(server, 1)).toEqual(['late'])
  })

  it.each<[string, (response: ServerResponse) => unknown]>([
    ['', (response) => response.writeHead(203)],
    [', where a piece has gone', (response) => Object.assign(response, { statusCode: 203 }).write('the ')],
  ])('once: a second one is refused as Node does it%s', async (_, send) => {
    const refusals: unknown[] = []
    const { server } = await openSite({ ttl: '1m', invalidates: ['items'] }, (_, response) => {
      send(response)
      for (const again of [() => response.writeHead(500), () => response.setHeader('x-late', '1')]) {
        try {
          again()
        } catch (error) {
          refusals.push((error as NodeJS.ErrnoException).code)
        }
      }
      response.end('first')
    })

    for (const method of ['GET', 'POST']) {
      const response = await server.get('/', { method })
      expect([response.status, await response.text()]).toEqual([203, expect.stringMatching(/first$/)])
    }

    expect(refusals).toEqual(Array.from({ length: 4 }, () => 'ERR_HTTP_HEADERS_SENT'))
  })
})

describe('a listener may send its body', () => {
  it('in any encoding, and is told when a piece has gone, also behind an answer', async () => {
    let calls = 0
    const { server } = await openSite({}, async (_, response) => {
      calls += 1
      response.setHeader('cache-control', 'max-age=0, stale-while-revalidate=60')
      await new Promise((resolve) => response.write(`answer ${calls}: `, resolve))
      await new Promise<void>((resolve) => response.write('c3a9', 'hex', () => resolve()))
      await new Promise<void>((resolve) => response.end('w6k=', 'base64', resolve))
    })
    const get = async (): Promise<string> => (await bodies(server, 1))[0]!
    const first = await get()

    const second = await get()
    let later = second
    while (later === first) later = await get()

    expect([first, second]).toEqual(['answer 1: éé', 'answer 1: éé'])
    expect(later).toMatch(/^answer [2-9]: éé$/)
  })

  it('from a buffer that it uses again', async () => {
    const buffer = Buffer.from('one')
    const { server } = await openSite({ ttl: '1m' }, async (_, response) => {
      await new Promise((resolve) => response.write(buffer, resolve))
      buffer.write('two')
      response.end(buffer)
    })

    expect(await bodies(server, 2)).toEqual(['onetwo', 'onetwo'])
  })

  it('only of what Node sends: what it refuses is refused, and its error page is not stored', async () => {
    const refusals: unknown[] = []
    const { server } = await openSite({ ttl: '1m' }, (_, response) => {
      for (const send of [() => response.write(7), () => response.write(null), () => response.end({})]) {
        try {
          send()
        } catch (error) {
          refusals.push((error as NodeJS.ErrnoException).code)
        }
      }
      response.writeHead(500)
      response.end('an error page')
    })

    const answers = [await server.get('/'), await server.get('/')]

    const codes = ['ERR_INVALID_ARG_TYPE', 'ERR_STREAM_NULL_VALUES', 'ERR_INVALID_ARG_TYPE']
    expect(refusals).toEqual([...codes, ...codes])
    expect(answers.map(({ status }) => status)).toEqual([500, 500])
  })
})

/** A remote store that hangs where keys are deleted, until it is let go. */
function slowToDelete() {
  let deletes = 0
  let open!: () => void
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const remote = {
    getMany: async (keys: readonly string[]) => keys.map(() => undefined),
    setMany: async () => [],
    deleteMany: async () => {
      deletes += 1
      await opened
    },
    close: async () => undefined,
  }
  return { remote, open, deletes: () => deletes }
}

describe('what a listener sends after a change', () => {
  it.each<[string, (response: ServerResponse) => unknown]>([
    ['all at once', (response) => response.end('a change')],
    [
      'in pieces, as fast as it may',
      async (response) => {
        response.writeHead(201)
        for (const piece of ['a ', 'change']) if (!response.write(piece)) await once(response, 'drain')
        response.end()
      },
    ],
    [
      'after its head',
      (response) => {
        response.flushHeaders()
        response.end('a change')
      },
    ],
  ])('reaches nobody before what it made untrue is gone: %s', async (_, send) => {
    const { remote, open, deletes } = slowToDelete()
    const { server } = await openSite({}, (_, response) => void send(response), { remote, remoteTimeout: '10s' })
    const socket = await server.send(
      'POST /items HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\ncontent-length: 0\r\n\r\n',
    )
    let bytes = 0
    socket.on('data', (chunk: string) => {
      bytes += chunk.length
    })
    const answer = received(socket)

    await until(() => deletes() === 1)
    for (let i = 0; i < 20; i++) await new Promise(setImmediate)
    expect(bytes).toBe(0)
    open()

    const text = await answer
    expect(text).toMatch(/^HTTP\/1\.1 20[01] /)
    expect(text.replaceAll(/\r\n[0-9a-f]+\r\n/g, '')).toMatch(/a change/)
  })

  it('has the length that Node would give it, and none where there is no body', async () => {
    const { server } = await openSite({}, (request, response) => {
      response.statusCode = request.method === 'DELETE' ? 204 : 200
      if (request.method === 'PUT') response.end()
      else response.end(request.method === 'POST' ? 'é' : undefined)
    })

    const lengths: (string | null)[] = []
    for (const method of ['POST', 'PUT', 'DELETE'])
      lengths.push((await server.get('/', { method })).headers.get('content-length'))

    expect(lengths).toEqual(['2', '0', null])
  })
})
