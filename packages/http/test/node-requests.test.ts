import { createServer } from 'node:http'
import { createCache } from '@holdfast/core'
import { mapStore } from '@holdfast/testing/simulation'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { cacheResponse, type Listener } from '../src/node.ts'
import { received, running, type Running } from './server.ts'

const opened: AsyncDisposable[] = []

afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]()
})

async function open(listener: Listener): Promise<Running> {
  const cache = createCache({ memory: mapStore() })
  const server = await running(createServer(cacheResponse(cache, { ttl: '1m' })(listener)))
  opened.push(server, cache)
  return server
}

/** The body of the answer to a request as it is sent, which closes its connection. */
async function ask(server: Running, ...lines: readonly string[]): Promise<string> {
  const text = await received(await server.send(`${lines.join('\r\n')}\r\n`))
  return text.slice(text.indexOf('\r\n\r\n') + 4)
}

/** How many of some requests, one after another, are answered by the handler. */
async function runs(...requests: readonly (readonly string[])[]): Promise<number> {
  let count = 0
  const server = await open((_, response) => {
    count += 1
    response.end(String(count))
  })
  for (const request of requests) await ask(server, ...request, 'connection: close', '')
  return count
}

const get = (target: string, host = 'a.example'): readonly string[] => [`GET ${target} HTTP/1.1`, `host: ${host}`]

describe('what a request of node:http asks for', () => {
  it('differs by its host, in whatever case that is', async () => {
    expect(await runs(get('/'), get('/', 'A.EXAMPLE'), get('/', 'b.example'), get('/', 'a.example:81'))).toBe(3)
  })

  it('is nobody else’s where its host is no name', async () => {
    expect(await runs(get('/'), get('/', 'b.example/x?'), get('/x?/', 'b.example'))).toBe(3)
  })

  it('is not that of a proxy’s request, nor of a path that looks like it', async () => {
    expect(await runs(get('/'), get('http://a.example/'), get('/http://a.example/'))).toBe(3)
    expect(await runs(get('http://b.example/', 'a'), get('//b.example/', 'ahttp:'))).toBe(2)
  })

  it('needs no host in HTTP/1.0', async () => {
    expect(await runs(['GET / HTTP/1.0'], ['GET / HTTP/1.0'])).toBe(1)
  })

  it.each([
    ['a length', 'content-length: 1', 'x'],
    ['chunks', 'transfer-encoding: chunked', '1\r\nx\r\n0\r\n\r\n'],
  ])('is nobody’s to cache where it has a body: %s', async (_, header, body) => {
    let count = 0
    const server = await open((_, response) => response.end(String((count += 1))))
    const withBody = [...get('/'), header, 'connection: close', '', body]

    expect([await ask(server, ...withBody), await ask(server, ...withBody)]).toEqual(['1', '2'])
  })

  it('is kept apart however long it is, up to its end', async () => {
    const long = `/a?${'q'.repeat(5_000)}`

    expect(await runs(get(`${long}1`), get(`${long}2`), get(`${long}1`))).toBe(2)
  })

  it('is the same in whatever order its parameters stand, those without a value too', async () => {
    expect(await runs(get('/a?all&page=2&x='), get('/a?x=&page=2&all'), get('/a?all&page=2&x'))).toBe(2)
  })
})

describe('what a listener of node:http throws', () => {
  it.each<[string, Listener]>([
    [
      'at once',
      () => {
        throw new Error('of the user')
      },
    ],
    ['later', () => Promise.reject(new Error('of the user'))],
  ])('is an uncaught exception, as without a cache: %s', async (_, listener) => {
    const uncaught = vi.fn()
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException').on('uncaughtException', uncaught)
    onTestFinished(() => {
      process.removeAllListeners('uncaughtException')
      for (const each of others) process.on('uncaughtException', each)
    })
    const server = await open(listener)

    const socket = await server.send('GET / HTTP/1.1\r\nhost: a.example\r\n\r\n')
    await vi.waitFor(() => expect(uncaught).toHaveBeenCalled())

    expect(uncaught.mock.calls.map(([error]) => (error as Error).message)).toEqual(['of the user'])
    socket.destroy()
  })
})
