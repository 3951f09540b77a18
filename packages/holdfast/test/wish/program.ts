// What an application asks of the kit, as a program: run against the packed packages, under standard and legacy decorators, and minified.
import assert from 'node:assert/strict'
import { Cache as DefaultCache, close as closeDefault } from 'holdfast/redis'
import {
  Cache,
  CacheInvalidator,
  CacheKeys,
  CacheMonitor,
  cacheStatus,
  CacheTags,
  CacheWarmer,
  cacheWrapper,
  close,
  withCache,
} from './cache.ts'

let queries = 0
const findLeads = async (): Promise<readonly { id: number }[]> => [{ id: (queries += 1) }]

class LeadsController {
  @withCache({ name: 'leads', ttl: 300, tags: [CacheTags.LEADS] })
  async getLeads(_request: Request): Promise<readonly { id: number }[]> {
    return findLeads()
  }
}

class UsersController {
  @withCache({ name: 'users', ttl: 300, vary: ['authorization'] })
  async getLeads(request: Request): Promise<string> {
    queries += 1
    return `leads of ${request.headers.get('authorization')}`
  }

  @withCache({ name: 'me', ttl: 300 })
  async getMe(request: Request): Promise<string> {
    return `${request.headers.get('authorization')}`
  }
}

// Keys and tags.
assert.equal(CacheKeys.lead('123'), 'lead:123')
assert.equal(CacheKeys.leadList('status=NEW&page=1'), 'leads:list:c3RhdHVzPU5FVyZwYWdlPTE=')
assert.equal(CacheKeys.pricing('california'), 'pricing:california')
assert.equal(CacheKeys.analytics('overview', 'today'), 'analytics:overview:today')
assert.deepEqual({ ...CacheTags }, { LEADS: 'leads', USERS: 'users', ANALYTICS: 'analytics', PRICING: 'pricing' })

// The wrapper.
const wrap = () => cacheWrapper(CacheKeys.leadList('all'), findLeads, { ttl: 300, tags: [CacheTags.LEADS] })
const missed = await wrap()
const hit = await wrap()
assert.deepEqual([missed.context.hit, hit.context.hit, hit.context.source], [false, true, 'memory'])
assert.deepEqual(hit.data, missed.data)
const first: number | undefined = hit.data[0]?.id
assert.equal(first, 1)

// The decorator: one load for the same question, none shared between classes or users.
const leads = new LeadsController()
const users = new UsersController()
const ask = (path: string, token?: string): Request =>
  new Request(`http://localhost${path}`, token === undefined ? {} : { headers: { authorization: token } })
const before = queries
await leads.getLeads(ask('/leads?b=2&a=1'))
await leads.getLeads(ask('/leads?a=1&b=2'))
assert.equal(queries, before + 1)
assert.equal(await users.getLeads(ask('/leads?a=1&b=2', 'Ada')), 'leads of Ada')
assert.equal(await users.getLeads(ask('/leads?a=1&b=2', 'Bob')), 'leads of Bob')
assert.equal(await users.getLeads(ask('/leads?a=1&b=2', 'Ada')), 'leads of Ada')
assert.equal(queries, before + 3)
assert.deepEqual([await users.getMe(ask('/me', 'Ada')), await users.getMe(ask('/me', 'Bob'))], ['Ada', 'Bob'])

// Direct access.
await Cache.set('my-key', { n: 1 }, 3600, ['tag1', 'tag2'])
assert.deepEqual(await Cache.get<{ n: number }>('my-key'), { n: 1 })
assert.equal(await Cache.get('never'), null)
const remembered: number = await Cache.remember('expensive-computation', async () => 42, 3600, ['computation'])
assert.equal(remembered, 42)
await Cache.setMany([['a', 1]] as const)
assert.equal((await Cache.getMany(['a', 'b'])).size, 1)
await DefaultCache.set('default', 1)
assert.equal(await DefaultCache.get('default'), 1)

// Invalidation.
await CacheInvalidator.invalidateByTags(['tag1'])
assert.equal(await Cache.get('my-key'), null)
await CacheInvalidator.invalidateByPattern('*leads*')
assert.equal((await wrap()).context.hit, false)
await CacheInvalidator.invalidateLeads()
assert.equal((await wrap()).context.hit, false)
await CacheInvalidator.invalidateAnalytics()

// Monitoring.
const stats = await CacheMonitor.getStats()
assert.match(stats.hitRate, /^\d+\.\d\d%$/)
assert.deepEqual([stats.isConnected, stats.redisConnected, stats.fallbackCacheSize], [false, false, 0])
const health = await CacheMonitor.healthCheck()
assert.deepEqual([health.status, health.redis, health.fallback], ['healthy', false, false])
const page = await cacheStatus.GET(new Request('http://localhost:3002/api/cache-status'))
assert.equal(page.status, 200)
assert.equal(
  (await cacheStatus.POST(new Request('http://localhost:3002/', { method: 'POST', body: '{}' }))).status,
  403,
)

// Warming.
const { outcome } = await CacheWarmer.warmCache()
assert.equal(outcome, 'done')
assert.deepEqual(await Cache.get(CacheKeys.pricing('california')), { dollars: 12 })

await close()
await closeDefault()
console.log('the wish is granted')
