import { Connection, type Reply } from './connection.ts'

/** Node closes a connection that was idle for 5 s; a request that crosses with that fails, through no fault of the server. */
const longestIdleMs = 3_000

/** Sends requests to one server, each on a connection of its own: an open one that is idle, or a new one. */
export class HttpClient {
  readonly #target: { readonly host: string; readonly port: number }
  readonly #idle: Connection[] = []
  readonly #open = new Set<Connection>()
  readonly #maxConnections: number

  /** @param maxConnections so many requests at most are on their way */
  constructor(url: string, maxConnections: number) {
    const { hostname, port } = new URL(url)
    this.#target = { host: hostname, port: Number(port) }
    this.#maxConnections = maxConnections
  }

  /** Connections that are open or opening. */
  get connections(): number {
    return this.#open.size
  }

  /** @returns false when every connection is taken: the request was not sent */
  send(request: string, timeoutMs: number, settle: (reply: Reply) => void): boolean {
    const connection = this.#take()
    if (connection === undefined) return false
    connection.request(request, timeoutMs, settle)
    return true
  }

  close(): void {
    for (const connection of this.#open) connection.close()
    this.#open.clear()
    this.#idle.length = 0
  }

  /** The one that was used last: the others may have been closed by the server meanwhile, or be about to. */
  #take(): Connection | undefined {
    const freshFrom = performance.now() - longestIdleMs
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.isOpen && idle.freeAt >= freshFrom) return idle
      idle.close()
      this.#open.delete(idle)
    }
    if (this.#open.size >= this.#maxConnections) return undefined
    const connection = new Connection(this.#target, (free) => {
      if (free.isOpen) this.#idle.push(free)
      else this.#open.delete(free)
    })
    this.#open.add(connection)
    return connection
  }
}
