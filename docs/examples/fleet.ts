import { setTimeout as sleep } from 'node:timers/promises'
import { createCache, redisStore } from 'holdfast'

const url = process.env['REDIS_URL'] ?? 'redis://localhost:6379'
let reports = 0

// #region fleet
const openCache = () =>
  createCache({
    remote: redisStore(url, { prefix: 'fleet-example:' }),
    remoteTimeout: '2s',
    fleetSingleFlight: true,
    ttl: '5m',
  })

// Two caches stand for two processes: one makes the report, the other waits for it.
const [here, there] = [openCache(), openCache()]
const both = await Promise.all([here, there].map((cache) => cache.getOrSet('report', makeReport)))
// #endregion fleet

async function makeReport(): Promise<string> {
  reports++
  await sleep(200)
  return `report ${reports}`
}

const waits = here.stats().fleetWaits + there.stats().fleetWaits
await here.close()
await there.close()
if (reports !== 1 || waits !== 1 || both.some((report) => report !== 'report 1'))
  throw new Error(`expected one report for both, got ${reports}`)
