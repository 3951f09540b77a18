import type { Cache } from '@holdfast/core'
import { serve as serveHono } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { createServer, type Server } from 'node:http'
import { Readable } from 'node:stream'
import { cacheResponse as cacheExpress } from '../src/express.ts'
import { cacheResponse as cacheFastify } from '../src/fastify.ts'
import { cacheResponse as cacheHono } from '../src/hono.ts'
import { cacheResponse as cacheNode } from '../src/node.ts'
import type { CacheResponseOptions } from '../src/options.ts'

/** What a route of the tests answers. */
export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** In pieces: as a stream. */
  readonly body?: string | AsyncIterable<string>
}

/** What the handler of every path is given. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly header: (name: string) => string | undefined
}

export type Handle = (asked: Asked) => Answer | Promise<Answer>

/** Opens the same server in a framework. */
export type Open = (cache: Cache, options: CacheResponseOptions, handle: Handle) => Promise<Server>

const openNode: Open = async (cache, options, handle) =>
  createServer(
    cacheNode(
      cache,
      options,
    )(async (request, response) => {
      const {
        status = 200,
        headers = {},
        body,
      } = await handle({
        method: request.method!,
        path: request.url!,
        header: (name) => request.headers[name] as string | undefined,
      })
      response.writeHead(status, headers)
      if (typeof body !== 'object') response.end(body)
      else {
        for await (const piece of body) response.write(piece)
        response.end()
      }
    }),
  )

const openExpress: Open = async (cache, options, handle) => {
  const app = express()
  app.use((_, response, next) => {
    response.setHeader('x-request-id', String(Math.random()))
    next()
  })
  app.use(cacheExpress(cache, options))
  app.use((request, response, next) => {
    const send = async (): Promise<void> => {
      const asked = {
        method: request.method,
        path: request.originalUrl,
        header: (name: string) => request.get(name),
      }
      const { status = 200, headers = {}, body } = await handle(asked)
      response.status(status).set(headers)
      if (typeof body !== 'object') response.send(body)
      else {
        for await (const piece of body) response.write(piece)
        response.end()
      }
    }
    send().catch(next)
  })
  return createServer(app)
}

const openFastify: Open = async (cache, options, handle) => {
  const app = fastify({ forceCloseConnections: true })
  app.addContentTypeParser('*', (_, __, done) => done(null))
  app.addHook('onRequest', (_, reply, done) => {
    reply.header('x-request-id', String(Math.random()))
    done()
  })
  app.addHook('onRequest', cacheFastify(cache, options))
  app.all('*', async (request, reply) => {
    const {
      status = 200,
      headers = {},
      body,
    } = await handle({
      method: request.method,
      path: request.url,
      header: (name) => request.headers[name] as string | undefined,
    })
    return reply
      .code(status)
      .headers(headers)
      .send(typeof body === 'object' ? Readable.from(body) : body)
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server
}

const openHono: Open = async (cache, options, handle) => {
  const app = new Hono()
  app.use(cacheHono(cache, options))
  app.all('*', async (c) => {
    const {
      status = 200,
      headers = {},
      body,
    } = await handle({
      method: c.req.method,
      path: c.req.url.slice(c.req.url.indexOf('/', 8)),
      header: (name) => c.req.header(name),
    })
    const stream =
      typeof body === 'object' ? (Readable.toWeb(Readable.from(encoded(body))) as ReadableStream<Uint8Array>) : body
    return new Response(stream ?? null, { status, headers })
  })
  return new Promise((resolve) => {
    const server = serveHono({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(server as Server))
  })
}

async function* encoded(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield Buffer.from(piece)
}

export const frameworks: readonly (readonly [name: string, open: Open])[] = [
  ['node:http', openNode],
  ['Express', openExpress],
  ['Fastify', openFastify],
  ['Hono', openHono],
]
