// One process of a fleet: reads when it is told to, and tells what came of it. It dies with the test.
import { setTimeout as sleep } from 'node:timers/promises'
import { createCache } from '@holdfast/core'
import { redisStore } from '../../src/redis-store.ts'
import { mapStore } from '@holdfast/testing/simulation'
import type { MemberReport, MemberTask } from './fleet-process.ts'

const [url, prefix] = process.argv.slice(2)
const cache = createCache({
  memory: mapStore(),
  remote: redisStore(url!, { prefix: prefix! }),
  // No heartbeat falls into a count of commands.
  coherence: { maxStaleness: '60s', heartbeat: '20s' },
  remoteTimeout: '5s',
  fleetSingleFlight: true,
  ttl: '1m',
})
process.on('disconnect', () => process.exit())
await cache.ping()
process.send!('ready')

process.on('message', (task: MemberTask) => {
  void read(task).then((report) => process.send!(report))
})

async function read({ key, value, callers, loadMs, tags, grace }: MemberTask): Promise<MemberReport> {
  const before = cache.stats()
  const load = async (): Promise<string> => {
    process.send!('loading')
    await sleep(loadMs)
    return value
  }
  const values = await Promise.all(
    Array.from({ length: callers }, () => cache.getOrSet(key, load, { tags, grace: `${grace}ms` })),
  )
  const after = cache.stats()
  return {
    values: [...new Set(values)],
    loads: after.loads - before.loads,
    fleetWaits: after.fleetWaits - before.fleetWaits,
    staleHits: after.staleHits - before.staleHits,
  }
}
