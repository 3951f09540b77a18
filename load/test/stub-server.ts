/**
 * A server whose behaviour is known: each request takes `SERVICE_MS`, all at once, or one after the other with `QUEUE=1`. At `/took`
 * it tells the median of what requests really took inside.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const serviceMs = Number(process.env['SERVICE_MS'])
const isQueue = process.env['QUEUE'] === '1'
const took: number[] = []
const body = '{"key":"x","version":1,"readAt":1,"data":null}'
let freeAt = 0

const server = createServer((request, response) => {
  if (request.url === '/took') {
    const median = took.toSorted((a, b) => a - b)[took.length >> 1]
    response.end(JSON.stringify({ median, count: took.length }))
    return
  }
  const arrivedAt = performance.now()
  const startsAt = isQueue ? Math.max(freeAt, arrivedAt) : arrivedAt
  freeAt = startsAt + serviceMs
  answerAt(freeAt, () => {
    took.push(performance.now() - arrivedAt)
    response.setHeader('content-length', body.length)
    response.end(body)
  })
})

server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
process.once('disconnect', () => process.exit(0))

/** Timers may be early or late by a millisecond; the last of it is waited for by turning the event loop. */
function answerAt(instant: number, answer: () => void): void {
  const ms = instant - performance.now()
  if (ms <= 0) answer()
  else if (ms > 2) setTimeout(() => answerAt(instant, answer), ms - 1.5)
  else setImmediate(() => answerAt(instant, answer))
}
