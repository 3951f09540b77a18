import { createCache, type Cache } from '@holdfast/core'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Server } from 'node:http'
import { mapStore } from '@holdfast/testing/simulation'

/** A server under test on a free port. */
export interface Running extends AsyncDisposable {
  readonly url: string
  /** The status, the named header, and the body of a GET. */
  get(path: string, init?: RequestInit): Promise<Response>
  /** How many connections are open. */
  clients(): number
  /** Sends bytes as they are, and resolves with the socket; the answer is not waited for. */
  send(text: string): Promise<Socket>
}

export async function running(server: Server): Promise<Running> {
  if (!server.listening) {
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
  }
  let clients = 0
  server.on('connection', (socket) => {
    clients += 1
    socket.once('close', () => {
      clients -= 1
    })
  })
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    get: (path, init) => fetch(`${url}${path}`, init),
    clients: () => clients,
    send: (text) =>
      new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(text, () => resolve(socket)))
        socket.once('error', reject)
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

/** Everything that comes on a socket until it ends. */
export function received(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      text += chunk
    })
    socket.once('end', () => resolve(text))
    socket.once('error', reject)
  })
}

export function openCache(): Cache {
  return createCache({ memory: mapStore() })
}

/** Resolves as soon as the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate)
}
