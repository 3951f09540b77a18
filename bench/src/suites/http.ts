import { Agent, createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { type Case, type Context, freshLoops, type Runner } from './case.ts'
import { rowOf } from './fill.ts'

const bare = 'bare handler'

/** Paths that are asked for in turn; a power of two. */
const paths = Array.from({ length: 64 }, (_, i) => `/rows/${i}?page=1&sort=name`)

/** What a route answers: a row as JSON. */
const bodies = new Map(paths.map((path, i) => [path, JSON.stringify(rowOf(i))]))

const isOk = (response: unknown): boolean => (response as { readonly status: number }).status === 200

const common = { needsRedis: false, baseline: bare, contenders: [bare, 'holdfast'] } as const

/** Whole responses: what a hit takes beside a handler that has its answer ready, and what the cache adds to a response it must not keep. */
export const httpCases: readonly Case[] = [
  {
    ...common,
    id: 'http.hit',
    title: 'a Web handler that answers JSON, behind cacheResponse: every request is a hit',
    metric: 'time',
    gated: 'holdfast',
    open: (contender, context) => openWeb(contender, context, 'max-age=600'),
  },
  {
    ...common,
    id: 'http.miss',
    title: 'the same with `no-store`: every request goes to the handler',
    metric: 'time',
    open: (contender, context) => openWeb(contender, context, 'no-store'),
  },
  {
    ...common,
    id: 'http.served',
    title: 'GET over loopback from a server of node:http, 16 in flight, client included',
    metric: 'cpu',
    step: 16,
    open: openServed,
  },
]

async function openWeb(contender: string, { sdk, instance }: Context, cacheControl: string): Promise<Runner> {
  const headers = { 'content-type': 'application/json', 'cache-control': cacheControl }
  const answer = (request: Request): Response => new Response(bodies.get(request.url.slice(origin.length)), { headers })
  const cache = sdk.createCache({ memory: sdk.memoryStore({ maxEntries: 1_000 }) })
  const handle = contender === bare ? answer : sdk.cacheResponse(cache)(answer)
  const requests = paths.map((path) => new Request(`${origin}${path}`))
  for (const request of requests) await (await handle(request)).text()
  const loops = await freshLoops(instance)
  return { run: loops.awaited(handle, requests, isOk), close: () => cache.close() }
}

const origin = 'http://bench.example'

async function openServed(contender: string, { sdk, instance }: Context): Promise<Runner> {
  const { cacheResponse } = await import('@holdfast/http/node')
  const cache = sdk.createCache({ memory: sdk.memoryStore({ maxEntries: 1_000 }) })
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=600' })
    response.end(bodies.get(request.url ?? ''))
  }
  const server = createServer(contender === bare ? listener : cacheResponse(cache)(listener))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const { port } = server.address() as AddressInfo
  const ask = (path: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port, path, agent }, (response) => {
        response.resume()
        response.once('end', () => resolve({ status: response.statusCode }))
      }).once('error', reject)
    })
  for (const path of paths) await ask(path)
  const loops = await freshLoops(instance)
  return { run: loops.inFlight(ask, paths, isOk, 16), close: () => closeServed(server, agent, () => cache.close()) }
}

async function closeServed(server: Server, agent: Agent, closeCache: () => Promise<void>): Promise<void> {
  agent.destroy()
  server.closeAllConnections()
  await new Promise((resolve) => {
    server.close(resolve)
  })
  await closeCache()
}
