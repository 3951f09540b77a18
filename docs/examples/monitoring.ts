import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createCache, redisStore, withBreaker } from 'holdfast'
// #region monitoring
import { alerts, health, serveDashboard } from '@holdfast/monitor'
import { prometheus } from '@holdfast/monitor/prometheus'

const cache = createCache({
  name: 'shop',
  remote: withBreaker(redisStore(process.env['REDIS_URL'] ?? 'redis://localhost:6379', { prefix: 'shop:' })),
})

// Wakes somebody once when a limit is passed, and tells once when all is well again.
const watching = alerts(cache, { onAlert: (alert) => console.log(alert.state, alert.title, alert.message) })

// For a health route: healthy, degraded or unhealthy, and why.
const { status, problems } = await health(cache)

// For `GET /metrics`.
const metrics = prometheus(cache)
const answer = await metrics.handle()

// One page on a port of its own. Whoever has the token sees keys, and may invalidate them here.
const token = process.env['DASHBOARD_TOKEN'] ?? randomUUID()
const page = await serveDashboard(cache, { token, allowInvalidate: true })
console.log(`The dashboard is at ${page.url}`)
// #endregion monitoring

assert.ok(status === 'healthy' || problems.length > 0)
assert.match(await answer.text(), /^holdfast_remote_up\{cache="shop"\} [01]$/m)
assert.match(await (await fetch(page.url)).text(), /<h1 id="name">/)

await page.close()
watching.close()
await cache.close()
