import assert from 'node:assert/strict'
import { alerts, createCache, defaultRules, health, type AlertRule } from 'holdfast'

const log = { info: console.log, warn: console.warn }
await using cache = createCache({ name: 'shop' })

// #region events
cache.on('remoteState', ({ state, cause }) => log.warn('Redis is', state, cause))
cache.on('loadError', ({ key, error, isServedStale }) => log.warn('load failed', key, isServedStale, error))
cache.on('repaired', ({ keys, tags, all }) => log.info('told Redis what it had missed', keys, tags, all))
// #endregion events

// #region rule
// Queued loads mean that the database cannot keep up. Judged over a window, so that a peak wakes nobody.
const tooManyWait: AlertRule = {
  name: 'loads-queued',
  title: 'Loads wait for the database',
  severity: 'warning',
  window: '1m',
  judge({ samples }) {
    const value = Math.min(...samples.map(({ stats }) => stats.shared.loadsQueued))
    const verdict = value > 10 ? 'bad' : value === 0 ? 'good' : 'between'
    return { value, verdict, message: `At least ${value} loads waited, all the time.` }
  },
}
const watching = alerts(cache, { rules: [...defaultRules(), tooManyWait], onAlert: (alert) => log.warn(alert.message) })
// #endregion rule

// #region health
const { status, problems, latencyMs } = await health(cache)
const answer = Response.json({ status, problems, latencyMs }, { status: status === 'unhealthy' ? 503 : 200 })
// #endregion health

assert.equal(answer.status, 200)
assert.equal(
  tooManyWait.judge({ first: sample(0), last: sample(20), samples: [sample(12), sample(20)] })?.verdict,
  'bad',
)
watching.close()

function sample(loadsQueued: number): Parameters<AlertRule['judge']>[0]['first'] {
  const stats = cache.stats()
  return {
    at: 0,
    stats: { ...stats, shared: { ...stats.shared, loadsQueued } },
    info: undefined,
    heap: { usedBytes: 1, maxBytes: 2 },
  }
}
