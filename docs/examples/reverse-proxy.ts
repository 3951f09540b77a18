// #region reverse-proxy
import { cacheResponse } from '@holdfast/http/node'
import { createCache, memoryStore } from 'holdfast'
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'

const origin = new URL(process.env['ORIGIN'] ?? (await startOrigin()))
const cache = createCache({ memory: memoryStore({ maxBytes: '256mb' }) })

const proxy = createServer(cacheResponse(cache, { grace: '1h', heuristic: 0.1 })(forward))
proxy.listen(Number(process.env['PORT'] ?? 0))

function forward(request: IncomingMessage, response: ServerResponse): void {
  const { method, url, headers, rawHeaders } = request
  const upstream = send(new URL(origin), { method, path: url, headers: endToEnd(rawHeaders, headers.connection) })
  upstream.on('information', ({ statusCode, headers }) => {
    if (statusCode === 102) response.writeProcessing()
    if (statusCode === 103) response.writeEarlyHints(headers as Record<string, string>)
  })
  upstream.on('response', (answer) => {
    const { statusCode = 502, statusMessage = '', headers, rawHeaders } = answer
    response.writeHead(statusCode, statusMessage, endToEnd(rawHeaders, headers.connection))
    pipeline(answer, response, () => undefined)
  })
  upstream.on('error', () => {
    if (!response.headersSent) response.writeHead(502).end()
  })
  // Nobody waits for the answer any more.
  response.on('close', () => upstream.destroy())
  pipeline(request, upstream, () => undefined)
}

/** Fields that are for the next hop alone do not pass (RFC 9110, section 7.6.1). */
function endToEnd(rawHeaders: readonly string[], connection = ''): string[] {
  const hop = `connection,keep-alive,proxy-connection,te,transfer-encoding,upgrade,${connection.toLowerCase()}`
  const names = new Set(hop.split(',').map((name) => name.trim()))
  return rawHeaders.filter((_, i) => !names.has(rawHeaders[i - (i % 2)]!.toLowerCase()))
}
// #endregion reverse-proxy

/** An origin to try it with. */
async function startOrigin(): Promise<string> {
  let answers = 0
  const server = createServer((_, response) => {
    answers += 1
    response.setHeader('cache-control', 'max-age=60')
    response.end(`answer ${answers}`)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, resolve)
  })
  process.once('holdfast:tried', () => server.close())
  return `http://localhost:${(server.address() as { port: number }).port}`
}

if (process.env['ORIGIN'] === undefined) {
  await new Promise((resolve) => {
    proxy.once('listening', resolve)
  })
  const url = `http://localhost:${(proxy.address() as { port: number }).port}/`
  const first = await (await fetch(url)).text()
  const second = await fetch(url)
  console.log(first, '→', await second.clone().text(), second.headers.get('cache-status'))
  if ((await second.text()) !== first) process.exitCode = 1
  proxy.close()
  proxy.closeAllConnections()
  process.emit('holdfast:tried' as never)
  await cache.close()
}
