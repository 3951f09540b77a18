import { connect, createServer, type Server, type Socket } from 'node:net'
import { Lane, type LaneFaults } from './lane.ts'

/** What is wrong with a network. Absent fields are well. */
export interface NetworkFaults {
  /** From the client to the server. */
  readonly toServer?: LaneFaults
  /** From the server to the client. */
  readonly toClient?: LaneFaults
  /** New connections: `refuse` answers with ECONNREFUSED, `hang` accepts them and leaves it at that. */
  readonly connections?: 'refuse' | 'hang'
}

/** A TCP proxy on 127.0.0.1 that does to bytes what networks do. */
export interface FaultProxy extends AsyncDisposable {
  readonly host: '127.0.0.1'
  readonly port: number
  /** `redis://127.0.0.1:…` */
  readonly url: string
  /** How many connections are open through it. */
  readonly connections: number
  /** How many were ever made. */
  readonly accepted: number
  /** How many bytes vanished in black holes. */
  readonly bytesLost: number
  /** From now on, for open and new connections. Replaces what was said before. */
  set(faults: NetworkFaults): Promise<void>
  /** The same in both directions. */
  setBoth(faults: LaneFaults): Promise<void>
  /** All is well again. What waited goes on; connections that lost bytes stay dead. */
  heal(): Promise<void>
  /** Resets (RST) every open connection, both ends. */
  reset(): void
  /** Ends it and its connections. Idempotent; `await using` calls it. */
  close(): Promise<void>
}

/**
 * Starts a proxy in front of a server. It runs on the event loop of the test: while that stands still, so does the network.
 *
 * @param target where connections go to
 * @throws {Error} when it cannot listen
 */
export async function startFaultProxy(target: { readonly host?: string; readonly port: number }): Promise<FaultProxy> {
  const proxy = new TcpProxy(target.host ?? '127.0.0.1', target.port)
  await proxy.listen(0)
  return proxy
}

interface Connection {
  readonly client: Socket
  readonly server: Socket | undefined
  readonly toServer: Lane | undefined
  readonly toClient: Lane | undefined
}

class TcpProxy implements FaultProxy {
  readonly host = '127.0.0.1'
  port = 0
  accepted = 0
  bytesLost = 0
  readonly #target: { readonly host: string; readonly port: number }
  readonly #open = new Set<Connection>()
  #faults: NetworkFaults = {}
  #listener: Server | undefined

  constructor(host: string, port: number) {
    this.#target = { host, port }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  get connections(): number {
    return this.#open.size
  }

  async set(faults: NetworkFaults): Promise<void> {
    this.#faults = faults
    for (const { toServer, toClient } of this.#open) {
      if (toServer !== undefined) toServer.faults = faults.toServer ?? {}
      if (toClient !== undefined) toClient.faults = faults.toClient ?? {}
    }
    if (faults.connections === 'refuse') await this.#stopListening()
    else if (this.#listener === undefined) await this.listen(this.port)
  }

  setBoth(faults: LaneFaults): Promise<void> {
    return this.set({ toServer: faults, toClient: faults })
  }

  heal(): Promise<void> {
    return this.set({})
  }

  reset(): void {
    for (const connection of this.#open) this.#end(connection, 'reset')
  }

  async close(): Promise<void> {
    this.reset()
    await this.#stopListening()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client))
      listener.once('error', reject)
      listener.listen(port, '127.0.0.1', () => {
        const address = listener.address()
        if (typeof address === 'object' && address !== null) this.port = address.port
        this.#listener = listener
        resolve()
      })
    })
  }

  /** Stops accepting at once; connections stay. */
  async #stopListening(): Promise<void> {
    const listener = this.#listener
    this.#listener = undefined
    listener?.close()
    await Promise.resolve()
  }

  #accept(client: Socket): void {
    this.accepted += 1
    if (this.#faults.connections === 'hang') return this.#keepHanging(client)
    const server = connect({ ...this.#target, allowHalfOpen: true, noDelay: true })
    const tell = {
      end: (how: 'reset' | 'cut'): void => this.#end(connection, how),
      lost: (bytes: number): void => {
        this.bytesLost += bytes
      },
    }
    const connection: Connection = {
      client,
      server,
      toServer: new Lane({ from: client, to: server }, this.#faults.toServer ?? {}, tell),
      toClient: new Lane({ from: server, to: client }, this.#faults.toClient ?? {}, tell),
    }
    this.#open.add(connection)
    for (const socket of [client, server]) {
      socket.on('error', () => this.#gone(connection, 'reset'))
      socket.on('close', () => this.#gone(connection, 'cut'))
    }
  }

  #keepHanging(client: Socket): void {
    const connection: Connection = { client, server: undefined, toServer: undefined, toClient: undefined }
    this.#open.add(connection)
    client.on('error', () => this.#open.delete(connection))
    client.on('close', () => this.#open.delete(connection))
    client.resume()
  }

  /** One end is gone. The other is told, unless the network that would tell it is a black hole. */
  #gone(connection: Connection, how: 'reset' | 'cut'): void {
    const { client, server, toServer, toClient } = connection
    const isLost =
      (client.destroyed && (toServer?.isDead === true || this.#faults.toServer?.blackHole === true)) ||
      (server?.destroyed === true && (toClient?.isDead === true || this.#faults.toClient?.blackHole === true))
    if (!isLost) return this.#end(connection, how)
    if (client.destroyed && server?.destroyed === true) this.#open.delete(connection)
  }

  #end(connection: Connection, how: 'reset' | 'cut'): void {
    this.#open.delete(connection)
    connection.toServer?.stop()
    connection.toClient?.stop()
    for (const socket of [connection.client, connection.server]) {
      if (socket === undefined || socket.destroyed) continue
      if (how === 'reset') socket.resetAndDestroy()
      else socket.destroy()
    }
  }
}
