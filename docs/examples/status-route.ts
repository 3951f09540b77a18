import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createCache, createWarmer, nodeHandler, statusRoute } from 'holdfast'

await using cache = createCache({ name: 'shop' })
await using warmer = createWarmer(cache, { jobs: [{ name: 'front page', keys: ['front'], load: async () => 'warm' }] })

// #region status-route
const status = statusRoute(cache, { adminToken: process.env['CACHE_ADMIN_TOKEN'], warmer })
const app = createServer((request, response) => {
  if (request.url === '/api/cache-status') nodeHandler(status.handle)(request, response)
  else response.end('hello')
})
// #endregion status-route

app.listen(0, '127.0.0.1')
await once(app, 'listening')
const { port } = app.address() as AddressInfo
const answer = (await (await fetch(`http://127.0.0.1:${port}/api/cache-status`)).json()) as { readonly status: string }
console.log(answer)
app.close()

assert.equal(answer.status, 'healthy')
