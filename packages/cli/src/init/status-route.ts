import { importLine } from './import-line.ts'
import type { Application } from './application.ts'
import type { Framework } from './framework.ts'

/** A file with the status route, and what is left to do. */
export interface StatusRoute {
  /** From the application's folder. */
  readonly path: string
  readonly code: string
  /** How it gets its address, where the framework does not give it one by its place. */
  readonly wiring: string | undefined
}

const address = '/api/cache-status'

/** The status route of an application, at `/api/cache-status`. */
export function statusRoute(application: Application, join: (...parts: string[]) => string): StatusRoute {
  const { framework, source, extension } = application
  const own = join(source, 'lib/cache/status-route.ts')
  const from = `./status-route${extension}`
  if (framework === 'next') {
    return application.isPagesRouter
      ? { path: join(source, 'pages/api/cache-status.ts'), code: pagesRoute(), wiring: undefined }
      : { path: join(source, 'app/api/cache-status/route.ts'), code: appRoute(application), wiring: undefined }
  }
  const { code, wiring } = routes[framework]
  return { path: own, code: code(extension), wiring: `${wiring} // from '${from}'` }
}

/** What is written for frameworks whose routes are given their address by a call. */
const routes: Readonly<
  Record<Exclude<Framework, 'next'>, { readonly code: (extension: string) => string; readonly wiring: string }>
> = {
  hono: { code: honoRoute, wiring: `app.route('${address}', cacheStatusRoute)` },
  express: { code: nodeRoute, wiring: `app.all('${address}', cacheStatusHandler)` },
  fastify: { code: fastifyRoute, wiring: 'await app.register(cacheStatusRoute)' },
  web: { code: webRoute, wiring: `GET and POST of ${address}` },
}

function appRoute({ isOldNext }: Application): string {
  const kit = '../../../lib/cache/middleware'
  if (isOldNext)
    return `${importLine('import { cacheStatus }', kit)}

export const dynamic = 'force-dynamic'

export const { GET, POST } = cacheStatus
`
  return `${importLine('import { connection }', 'next/server')}
${importLine('import { cacheStatus }', kit)}

export async function GET(request: Request): Promise<Response> {
  // Asked anew each time: nothing of it is made in the build.
  await connection()
  return cacheStatus.GET(request)
}

export const POST = cacheStatus.POST
`
}

function pagesRoute(): string {
  return nodeRoute('')
    .replace("'./middleware'", "'../../lib/cache/middleware'")
    .replace('export async function cacheStatusHandler', 'export default async function cacheStatusHandler')
}

function honoRoute(extension: string): string {
  return `${importLine('import { Hono }', 'hono')}
${importLine('import { cacheStatus }', `./middleware${extension}`)}

export const cacheStatusRoute = new Hono()
  .get('/', (c) => cacheStatus.GET(c.req.raw))
  .post('/', (c) => cacheStatus.POST(c.req.raw))
`
}

function fastifyRoute(extension: string): string {
  return `${importLine('import type { FastifyInstance }', 'fastify')}
${importLine('import { cacheStatus }', `./middleware${extension}`)}

export async function cacheStatusRoute(app: FastifyInstance): Promise<void> {
  app.get('${address}', () => cacheStatus.GET())
  app.post('${address}', ({ body, headers }) =>
    cacheStatus.POST(
      new Request('http://localhost${address}', {
        method: 'POST',
        body: JSON.stringify(body ?? null),
        headers: { authorization: headers.authorization ?? '' },
      }),
    ),
  )
}
`
}

function nodeRoute(extension: string): string {
  return `${importLine('import type { IncomingMessage, ServerResponse }', 'node:http')}
${importLine('import { text }', 'node:stream/consumers')}
${importLine('import { cacheStatus }', `./middleware${extension}`)}

/** Its body may have been parsed already. */
type Incoming = IncomingMessage & { readonly body?: unknown }

export async function cacheStatusHandler(request: Incoming, response: ServerResponse): Promise<void> {
  const answer = request.method === 'POST' ? await cacheStatus.POST(await toWeb(request)) : await cacheStatus.GET()
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  response.end(await answer.text())
}

async function toWeb(request: Incoming): Promise<Request> {
  const body = request.body === undefined ? await text(request) : JSON.stringify(request.body)
  const headers = { authorization: request.headers.authorization ?? '' }
  return new Request('http://localhost${address}', { method: 'POST', body, headers })
}
`
}

function webRoute(extension: string): string {
  return `${importLine('import { cacheStatus }', `./middleware${extension}`)}

export const { GET, POST } = cacheStatus
`
}
