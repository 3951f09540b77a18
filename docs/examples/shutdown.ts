import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCache, msgpack, redisStore, withBreaker } from 'holdfast'

const cache = createCache({
  remote: withBreaker(redisStore(process.env['REDIS_URL'] ?? 'redis://localhost:6379', { prefix: 'shop:' })),
  serializer: msgpack(),
})
const server = createServer((_request, response) => {
  cache
    .getOrSet('greeting', async () => 'hello')
    .then(
      (text) => response.end(text),
      () => response.writeHead(500).end(),
    )
})

// #region shutdown
async function shutDown(server: Server): Promise<void> {
  // First those who ask: no new connections, and an answer to all who wait.
  server.close()
  server.closeIdleConnections()
  await once(server, 'close')
  // Then the cache: writes and refreshes behind answers get two seconds, Redis its one deadline.
  await cache.close({ drain: '2s' })
}

process.once('SIGTERM', () => void shutDown(server))
// #endregion shutdown

// #region journal
const remote = withBreaker(redisStore(process.env['REDIS_URL'] ?? 'redis://localhost:6379', { prefix: 'shop:' }))
const kept = createCache({ remote, journal: { file: process.env['JOURNAL_FILE'] ?? join(tmpdir(), 'shop.journal') } })
// #endregion journal
await kept.close()

server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as { port: number }
const answer = await fetch(`http://127.0.0.1:${port}`, { headers: { connection: 'close' } })
console.log(await answer.text())
process.kill(process.pid, 'SIGTERM')
