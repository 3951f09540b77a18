import { createServer } from 'node:net'

/**
 * A TCP port of 127.0.0.1 that nobody listens on. It lies below the range from which systems take the ports of outgoing
 * connections, so that it stays free while a server restarts, and below 55536, so that a cluster's bus fits 10,000 above.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 20_000)
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
