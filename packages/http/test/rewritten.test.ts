import { createCache } from '@holdfast/core'
import { mapStore } from '@holdfast/testing/simulation'
import express from 'express'
import fastify from 'fastify'
import { createServer, type Server } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { cacheResponse as cacheExpress } from '../src/express.ts'
import { cacheResponse as cacheFastify } from '../src/fastify.ts'
import { running, type Running } from './server.ts'

const opened: AsyncDisposable[] = []

afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]()
})

async function serve(server: Server): Promise<Running> {
  const started = await running(server)
  opened.push(started)
  return started
}

function openCache() {
  const cache = createCache({ memory: mapStore() })
  opened.push(cache)
  return cache
}

/** Each shop has its own pages under the same URLs, by a rewriting that stands before the cache. */
const shopOf = (name: unknown): string => (name === 'b' ? 'b' : 'a')

const frameworks: readonly (readonly [string, () => Promise<{ server: Running; calls: () => number }>])[] = [
  [
    'Express',
    async () => {
      let calls = 0
      const app = express()
      app.use((request, _, next) => {
        request.url = `/${shopOf(request.headers['x-shop'])}${request.url}`
        next()
      })
      app.use(cacheExpress(openCache(), { ttl: '1m' }))
      app.get('/:shop/page', (request, response) => {
        calls += 1
        response.send(`page of ${request.params.shop}`)
      })
      return { server: await serve(createServer(app)), calls: () => calls }
    },
  ],
  [
    'Fastify',
    async () => {
      let calls = 0
      const app = fastify({
        forceCloseConnections: true,
        rewriteUrl: ({ headers, url }) => `/${shopOf(headers['x-shop'])}${url}`,
      })
      app.addHook('onRequest', cacheFastify(openCache(), { ttl: '1m' }))
      app.get<{ Params: { shop: string } }>('/:shop/page', async ({ params }) => {
        calls += 1
        return `page of ${params.shop}`
      })
      await app.listen({ port: 0, host: '127.0.0.1' })
      return { server: await serve(app.server), calls: () => calls }
    },
  ],
]

describe.each(frameworks)('%s', (_, open) => {
  it('keeps apart what one URL was rewritten to', async () => {
    const { server, calls } = await open()

    const answers: string[] = []
    for (const shop of ['a', 'b', 'a', 'b'])
      answers.push(await (await server.get('/page', { headers: { 'x-shop': shop } })).text())

    expect(answers).toEqual(['page of a', 'page of b', 'page of a', 'page of b'])
    expect(calls()).toBe(2)
  })
})

it('a router of Express at a path of its own caches by the whole path', async () => {
  const app = express()
  const cached = cacheExpress(openCache(), { ttl: '1m' })
  let calls = 0
  for (const name of ['one', 'two']) {
    const router = express.Router()
    router.use(cached)
    router.get('/', (_, response) => {
      calls += 1
      response.send(name)
    })
    app.use(`/${name}`, router)
  }
  const server = await serve(createServer(app))

  const answers: string[] = []
  for (const path of ['/one', '/two', '/one', '/two/', '/two']) answers.push(await (await server.get(path)).text())

  expect(answers).toEqual(['one', 'two', 'one', 'two', 'two'])
  // With a slash at its end it is another URL.
  expect(calls).toBe(3)
})
