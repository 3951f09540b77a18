import { createServer } from 'node:http'
import { createCache } from '@holdfast/core'
import { mapStore } from '@holdfast/testing/simulation'
import { expect, it } from 'vitest'
import { cacheResponse } from '../src/node.ts'
import { received, running, until } from './server.ts'

it('who waits with a client that goes away is answered by a run of the handler for itself', async () => {
  const pending: (() => void)[] = []
  await using cache = createCache({ memory: mapStore() })
  const listener = cacheResponse(cache, { ttl: '1m' })((_, response) => {
    const run = pending.length + 1
    pending.push(() => response.end(`run ${run}`))
  })
  let asked = 0
  await using server = await running(
    createServer((request, response) => {
      asked += 1
      listener(request, response)
    }),
  )
  const request = 'GET / HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n'
  const leaver = await server.send(request)
  await until(() => pending.length === 1)
  const waiting = [await server.send(request), await server.send(request)].map((socket) => received(socket))
  await until(() => asked === 3)

  leaver.destroy()
  // The handler is told nothing: it has not answered, and would answer nobody.
  await until(() => pending.length === 2)
  pending[0]!()
  pending[1]!()

  for (const answer of await Promise.all(waiting)) expect(answer).toMatch(/\r\n\r\nrun 2$/)
  expect(pending.length).toBe(2)
})
