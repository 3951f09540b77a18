import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../redis/free-port.ts'
import { Connection } from './connection.ts'
import type { Effect, Fault, ProxiedConnection, Strike, Where } from './fault.ts'

/** Where the proxy passes connections on to. A server of `startRedis()` will do. */
export interface ProxyTarget {
  /** @default '127.0.0.1' */
  readonly host?: string
  readonly port: number
  /**
   * What {@link FaultProxy.url} is made of.
   *
   * @default 'redis://127.0.0.1'
   */
  readonly url?: string
}

/**
 * A TCP proxy that can be told what to do to the connections through it. Faults add up; of one kind, the latest that strikes a
 * connection holds. Its timers and sockets never keep the process alive.
 */
export interface FaultProxy extends AsyncDisposable {
  readonly host: '127.0.0.1'
  readonly port: number
  /** The target's URL, leading here. */
  url(): string
  /** The connections that are open, on either side. */
  connections(): readonly ProxiedConnection[]
  /** How many connections were ever made. */
  readonly accepted: number

  /** Bytes arrive later by this many milliseconds, in order; a function is asked for each piece. */
  latency(delayMs: number | (() => number), where?: Where): Fault
  /** So many bytes a second pass, on each connection and direction. */
  bandwidth(bytesPerSecond: number, where?: Where): Fault
  /** A few bytes at a time: one every 10 ms, unless told otherwise. */
  drip(piece?: { readonly bytes?: number; readonly everyMs?: number }, where?: Where): Fault
  /**
   * Nothing passes, and nobody is told, as when packets are lost: what is sent waits, and arrives when this is healed, as TCP's
   * retransmission would have it. Connections are still accepted.
   */
  blackHole(where?: Where): Fault
  /**
   * What is sent is lost, ends and resets too, and neither side is told. A connection that lost something is dead for good, healed or
   * not: what a machine that lost its power leaves behind, or a NAT that forgot. Connections are still accepted.
   */
  lose(where?: Where): Fault
  /**
   * A connection is reset after this many more bytes, in the middle of a reply if so be; a function is asked once per connection.
   * Connections that open later too. By default the bytes that come down are counted. With `by: 'end'` both sides are told that
   * the other has ended (FIN), as if nothing were wrong.
   */
  cutAfter(bytes: number | (() => number), where?: Where & { readonly by?: 'reset' | 'end' }): Fault
  /** New connections are refused. Those that are open go on. */
  refuse(): Fault

  /**
   * Resets the connections that are open now, on both sides. With direction `down` only the client learns of it, with `up` only
   * the server. Returns how many were struck.
   */
  reset(where?: Where): number
  /**
   * The connections that are open now stay open and pass nothing ever again, not even after `heal()`: as when the other machine has
   * gone without a word. Returns how many were struck.
   */
  halfOpen(where?: Where): number

  /** Ends every fault. Held bytes go on their way; resolves when connections are accepted again. */
  heal(): Promise<void>
  /** Closes everything. Idempotent; `await using` calls it. */
  close(): Promise<void>
}

/** Starts a proxy in front of a server, on a free port of 127.0.0.1. */
export async function startFaultProxy(target: ProxyTarget): Promise<FaultProxy> {
  const port = await freePort()
  const proxy = new OwnProxy(target, port)
  await proxy.listen()
  return proxy
}

const anywhere: Where = {}

class OwnProxy implements FaultProxy {
  readonly host = '127.0.0.1'
  readonly port: number
  accepted = 0
  readonly #target: ProxyTarget
  readonly #connections = new Set<Connection>()
  readonly #strikes = new Set<Strike>()
  readonly #refusals = new Set<object>()
  #server: Server | undefined
  #listening: Promise<void> | undefined
  #closed: Promise<void> | undefined

  constructor(target: ProxyTarget, port: number) {
    this.#target = target
    this.port = port
  }

  url(): string {
    const url = new URL(this.#target.url ?? 'redis://127.0.0.1')
    url.hostname = this.host
    url.port = String(this.port)
    return url.href
  }

  connections(): readonly ProxiedConnection[] {
    return [...this.#connections]
  }

  latency(delayMs: number | (() => number), where: Where = anywhere): Fault {
    return this.#strike({ type: 'delay', delayMs: typeof delayMs === 'number' ? () => delayMs : delayMs }, where)
  }

  bandwidth(bytesPerSecond: number, where: Where = anywhere): Fault {
    // Fifty pieces a second look like a stream to whoever reads.
    const pieceBytes = Math.max(1, Math.floor(bytesPerSecond / 50))
    return this.#strike({ type: 'pace', pieceBytes, everyMs: (pieceBytes / bytesPerSecond) * 1000 }, where)
  }

  drip({ bytes = 1, everyMs = 10 }: { bytes?: number; everyMs?: number } = {}, where: Where = anywhere): Fault {
    return this.#strike({ type: 'pace', pieceBytes: bytes, everyMs }, where)
  }

  blackHole(where: Where = anywhere): Fault {
    return this.#strike({ type: 'hold' }, where)
  }

  lose(where: Where = anywhere): Fault {
    return this.#strike({ type: 'lose' }, where)
  }

  cutAfter(bytes: number | (() => number), where: Where & { readonly by?: 'reset' | 'end' } = anywhere): Fault {
    const afterBytes = typeof bytes === 'number' ? () => bytes : bytes
    return this.#strike({ type: 'cut', afterBytes, by: where.by ?? 'reset' }, { direction: 'down', ...where })
  }

  refuse(): Fault {
    const refusal = {}
    this.#refusals.add(refusal)
    // Open connections go on; the port is free at once.
    this.#server?.close()
    this.#server = undefined
    this.#listening = undefined
    return faultUntil(async () => {
      this.#refusals.delete(refusal)
      await this.listen()
    })
  }

  reset(where: Where = anywhere): number {
    return this.#hit(where, (connection) => connection.reset(where))
  }

  halfOpen(where: Where = anywhere): number {
    return this.#hit(where, (connection) => connection.die(where))
  }

  async heal(): Promise<void> {
    this.#strikes.clear()
    this.#refusals.clear()
    this.#pump()
    await this.listen()
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Accepts connections, unless they are refused. */
  async listen(): Promise<void> {
    if (this.#refusals.size > 0 || this.#closed !== undefined) return
    this.#listening ??= this.#listen()
    await this.#listening
  }

  async #listen(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client))
      this.#server = server
      try {
        return await listening(server, this.port)
      } catch (error) {
        // Whoever took the port meanwhile is given a second to leave.
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt === 20) throw error
        await sleep(50)
      }
    }
  }

  #accept(client: Socket): void {
    const { host = '127.0.0.1', port } = this.#target
    const server = connect({ host, port, noDelay: true, allowHalfOpen: true })
    const connection = new Connection((this.accepted += 1), client, server, () => this.#strikes)
    this.#connections.add(connection)
    let open = 2
    for (const socket of [client, server]) {
      socket.unref()
      socket.once('close', () => {
        open -= 1
        if (open === 0) this.#connections.delete(connection)
      })
    }
  }

  #strike(effect: Effect, where: Where): Fault {
    const strike = { effect, where }
    this.#strikes.add(strike)
    return faultUntil(() => {
      this.#strikes.delete(strike)
      this.#pump()
    })
  }

  #hit(where: Where, hit: (connection: Connection) => void): number {
    const struck = [...this.#connections].filter((connection) => where.only?.(connection) ?? true)
    for (const connection of struck) hit(connection)
    return struck.length
  }

  #pump(): void {
    for (const connection of this.#connections) connection.pump()
  }

  async #close(): Promise<void> {
    await this.#listening?.catch(() => {})
    this.#strikes.clear()
    for (const connection of this.#connections) connection.destroy()
    this.#connections.clear()
    const server = this.#server
    if (server === undefined) return
    server.ref()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.off('error', reject)
      server.unref()
      resolve()
    })
  })
}

function faultUntil(heal: () => void | Promise<void>): Fault {
  const once = async (): Promise<void> => heal()
  return { heal: once, [Symbol.asyncDispose]: once }
}
