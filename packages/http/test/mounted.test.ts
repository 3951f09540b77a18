import express from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { cacheResponse } from '../src/express.ts'
import { openCache, running, type Running } from './server.ts'

const opened: AsyncDisposable[] = []

afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]()
})

/** An application that caches what lies under `/items`, and numbers its answers. */
async function openMounted(): Promise<Running> {
  const cache = openCache()
  const app = express()
  let calls = 0
  app.use((request, _, next) => {
    if (request.headers['x-rewrite'] !== undefined) request.url = '/items?page=2'
    next()
  })
  app.use('/items', cacheResponse(cache, { ttl: '1m' }))
  app.get('/items', (_, response) => response.send(`answer ${(calls += 1)}`))
  app.post('/items', (_, response) => response.set('content-location', '/items?page=1').status(201).end())
  const server = await running(app.listen(0, '127.0.0.1'))
  opened.push(server, cache)
  return server
}

async function read(server: Running, path: string, headers: Record<string, string> = {}): Promise<string> {
  return (await server.get(path, { headers })).text()
}

describe('a middleware that is mounted at a path', () => {
  it('ends the URL with a query that a change names', async () => {
    const server = await openMounted()
    expect([await read(server, '/items?page=1'), await read(server, '/items?page=1')]).toEqual(['answer 1', 'answer 1'])

    await server.get('/items', { method: 'POST' })

    expect(await read(server, '/items?page=1')).toBe('answer 2')
  })

  it('takes parameters in any order', async () => {
    const server = await openMounted()

    expect(await read(server, '/items?page=1&sort=name')).toBe('answer 1')
    expect(await read(server, '/items?sort=name&page=1')).toBe('answer 1')
  })

  it('tells apart what was rewritten on its way', async () => {
    const server = await openMounted()

    expect(await read(server, '/items?page=1')).toBe('answer 1')
    expect(await read(server, '/items?page=1', { 'x-rewrite': 'yes' })).toBe('answer 2')
  })
})
