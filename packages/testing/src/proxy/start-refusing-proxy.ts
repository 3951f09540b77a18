import { connect, createServer, type Socket } from 'node:net'
import { freePort } from '../redis/free-port.ts'
import { encodeCommand, RespParser } from '../redis/resp.ts'
import type { ProxyTarget } from './start-fault-proxy.ts'

/**
 * What becomes of a command on its way: itself, or another that the server answers instead. A name that the server does not know
 * makes it answer that it does not know the command.
 */
export type Rewrite = (command: readonly string[]) => readonly string[] | undefined

/** A proxy in front of a server that refuses commands, as older servers, managed services and other proxies do. */
export interface RefusingProxy extends AsyncDisposable {
  readonly host: '127.0.0.1'
  readonly port: number
  /** The target's URL, leading here. */
  readonly url: string
  /** How many commands it has changed. */
  readonly refused: number
  close(): Promise<void>
}

/**
 * Starts one on a free port of 127.0.0.1.
 *
 * @param rewrite gives what is sent in a command's place; `undefined`: the command itself. Bytes are shown to it as latin1.
 */
export async function startRefusingProxy(target: ProxyTarget, rewrite: Rewrite): Promise<RefusingProxy> {
  const port = await freePort()
  const sockets = new Set<Socket>()
  let refused = 0
  const server = createServer((client) => {
    const upstream = connect({ host: target.host ?? '127.0.0.1', port: target.port, noDelay: true })
    const parser = new RespParser()
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.unref()
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (chunk) => {
      for (const command of parser.push(chunk)) {
        const words = command as readonly Buffer[]
        const instead = rewrite(words.map((word) => word.toString('latin1')))
        if (instead !== undefined) refused++
        upstream.write(encodeCommand(instead?.map((word) => Buffer.from(word, 'latin1')) ?? words))
      }
    })
    upstream.pipe(client)
  })
  server.unref()
  await new Promise<void>((resolve) => server.listen({ port, host: '127.0.0.1' }, resolve))
  const url = new URL(target.url ?? 'redis://127.0.0.1')
  url.hostname = '127.0.0.1'
  url.port = String(port)
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return {
    host: '127.0.0.1',
    port,
    url: url.href,
    get refused() {
      return refused
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
