import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { checkNames, InvalidOptionError, type Cache } from '@holdfast/core'
import { refuse } from './answer.ts'
import { dashboard, dashboardOptions, type DashboardOptions } from './dashboard.ts'
import { nodeHandler } from './node-handler.ts'

/** Where a dashboard is served. */
export interface ServeDashboardOptions extends DashboardOptions {
  /**
   * The port to listen on.
   *
   * @default 0, any that is free
   */
  readonly port?: number
  /**
   * The address to listen on. Any but this machine's own needs a `token`.
   *
   * @default '127.0.0.1'
   */
  readonly host?: string
}

/** A dashboard that is served. */
export interface ServedDashboard extends AsyncDisposable {
  /** Where it is, with a slash at the end. */
  readonly url: string
  readonly port: number
  /** Ends the server and what it observes; the cache goes on. */
  close(): Promise<void>
}

/**
 * Serves a dashboard on a port of its own.
 *
 * @throws {InvalidOptionError} as `dashboard` does, and for an address that others can reach and no token; rejects when the port cannot be had
 */
export async function serveDashboard(cache: Cache, options: ServeDashboardOptions = {}): Promise<ServedDashboard> {
  checkNames('options of a dashboard', options, ['port', 'host', ...dashboardOptions])
  const { port = 0, host = '127.0.0.1', ...rest } = options
  // A string would be the path of a socket to Node.
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidOptionError(`Expected \`port\` to be a whole number from 0 to 65535, got ${JSON.stringify(port)}.`)
  const isOwn = ownNames.has(host)
  if (!isOwn && rest.token === undefined)
    throw new InvalidOptionError(`Expected a \`token\`, because others can reach ${JSON.stringify(host)}.`)
  const shown = dashboard(cache, rest)
  const handle = async (request: Request): Promise<Response> =>
    // Another name may be a page of somebody else's that had its name point here.
    isOwn && !ownNames.has(new URL(request.url).hostname)
      ? refuse(421, 'Not known by this name.')
      : shown.handle(request)
  // Not before somebody wants it: Node brings its fetch along, a fifth of what it takes to import `holdfast`.
  const { createServer } = await import('node:http')
  const server = createServer(nodeHandler(handle))
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    shown.close()
    throw error
  }
  const address = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    shown.close()
    await ended(server)
  }
  const name = host.includes(':') ? `[${host}]` : host
  return { url: `http://${name}:${address.port}/`, port: address.port, close, [Symbol.asyncDispose]: close }
}

const ownNames: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1', '[::1]'])

function ended(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
