import type { IncomingMessage, ServerResponse } from 'node:http'

const longestBody = 65_536

/**
 * A handler of Web requests as one of `node:http`. Bodies of more than 64 KB are refused, and a handler that throws is a 500 that tells
 * nothing.
 */
export function nodeHandler(
  handle: (request: Request) => Promise<Response>,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (incoming, outgoing) => {
    answer(handle, incoming, outgoing).catch((error: unknown) => {
      process.emitWarning(`A request about a cache failed: ${String(error)}`, 'HoldfastWarning')
      if (!outgoing.headersSent) outgoing.writeHead(500)
      outgoing.end()
    })
  }
}

async function answer(
  handle: (request: Request) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const body = await bodyOf(incoming)
  if (body === undefined) {
    outgoing.writeHead(413, { connection: 'close' }).end()
    return
  }
  const response = await handle(requestOf(incoming, body))
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  outgoing.end(incoming.method === 'HEAD' ? undefined : Buffer.from(await response.arrayBuffer()))
}

function requestOf(incoming: IncomingMessage, body: Buffer<ArrayBuffer>): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined && !name.startsWith(':')) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  const { method = 'GET', url = '/' } = incoming
  const hasBody = method !== 'GET' && method !== 'HEAD'
  // Frameworks take the path that they were mounted at off `url`; the page finds its own way from what the browser shows.
  const base = `http://${headers.get('host') ?? 'localhost'}`
  const target = URL.canParse(url, base) ? new URL(url, base) : new URL('http://localhost/')
  return new Request(target, { method, headers, ...(hasBody && { body }) })
}

/** `undefined` when it is too long. */
async function bodyOf(incoming: IncomingMessage): Promise<Buffer<ArrayBuffer> | undefined> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of incoming as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > longestBody) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts)
}
