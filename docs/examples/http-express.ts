// #region express
import { cacheResponse } from '@holdfast/http/express'
import express from 'express'
import { createCache, memoryStore } from 'holdfast'

const cache = createCache({ memory: memoryStore({ maxBytes: '64mb' }) })
const app = express()

app.use('/items', cacheResponse(cache, { ttl: '1m', grace: '1h', tags: ['items'], invalidates: ['items'] }))
app.get('/items', (_, response) => response.json(items))
app.post('/items', express.text(), (request, response) => {
  items.push(request.body as string)
  response.status(201).json(items.length)
})
// #endregion express

const items: string[] = ['lamp']

const server = app.listen(0)
const url = `http://localhost:${(server.address() as { port: number }).port}/items`
const statuses: (string | null)[] = []
for (let i = 0; i < 2; i++) statuses.push((await fetch(url)).headers.get('cache-status'))
await fetch(url, { method: 'POST', body: 'chair', headers: { 'content-type': 'text/plain' } })
const after = (await (await fetch(url)).json()) as string[]
console.log(statuses, after)
if (!statuses[1]!.includes('hit') || after.length !== 2) process.exitCode = 1
server.close()
server.closeAllConnections()
await cache.close()
