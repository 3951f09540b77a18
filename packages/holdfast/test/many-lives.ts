// A process of `lives.test.ts`: opens and closes many caches, or one that loses its connections many times, and tells what is left.
import { setTimeout as sleep } from 'node:timers/promises'
import { withBreaker } from '@holdfast/breaker'
import type { Cache } from '@holdfast/core'
import { redisStore } from '@holdfast/redis'
import { startRedis } from '@holdfast/testing/redis'
import { createCache } from '../src/create-cache.ts'

const [, , way, count] = process.argv
const times = Number(count)
const redis = await startRedis()
let unhandled = 0
process.on('unhandledRejection', () => unhandled++)
const listenersBefore = listeners()

if (way === 'open') for (let n = 0; n < times; n++) await openAndClose(n)
else await reconnect()

const connections = await settled()
await redis.stop()
// The server's process and the pipes to the test are its own.
const own = new Set(['ProcessWrap', 'PipeWrap', 'TTYWrap'])
const left = process.getActiveResourcesInfo().filter((kind) => !own.has(kind))
console.log(JSON.stringify({ unhandled, connections, listeners: listeners() - listenersBefore, left }))
const endsAt = performance.now()
process.on('exit', () => console.log(JSON.stringify({ endedAfterMs: Math.round(performance.now() - endsAt) })))

function open(): Cache<string> {
  return createCache<string>({ remote: withBreaker(redisStore(redis.url, { prefix: 'lives:' })) })
}

/** Closed at any stage: before it is connected, while it loads, and after. */
async function openAndClose(n: number): Promise<void> {
  const cache = open()
  const key = `key:${n}`
  const read = cache.getOrSet(key, async () => 'value').catch(() => undefined)
  if (n % 3 === 1) await sleep(n % 7)
  if (n % 3 === 2) {
    await read
    await cache.set(key, 'other')
  }
  await cache.close()
  await read
}

/** Its connections are killed again and again, by turns the data connection, the subscriber and both. */
async function reconnect(): Promise<void> {
  const cache = open()
  const remote = (): string | undefined => cache.describe().remote?.state
  for (let n = 0; n < times; n++) {
    while (remote() !== 'ready') await sleep(5)
    await cache.getOrSet(`key:${n % 10}`, async () => 'value')
    const kinds = n % 3 === 0 ? ['pubsub'] : n % 3 === 1 ? ['normal'] : ['normal', 'pubsub']
    for (const kind of kinds) await redis.command('CLIENT', 'KILL', 'TYPE', kind, 'SKIPME', 'yes')
    await cache.delete(`key:${n % 10}`)
  }
  await cache.close()
}

/** Connections at the server besides the test's own, once it has noticed that they ended. */
async function settled(): Promise<number> {
  let connections = Number.NaN
  for (let n = 0; n < 50 && connections !== 0; n++) {
    await sleep(20)
    const list = String(await redis.command('CLIENT', 'LIST'))
    connections = list.split('\n').filter((line) => line.includes('name=holdfast')).length
  }
  return connections
}

function listeners(): number {
  return process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)
}
