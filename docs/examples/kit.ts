import { base64, createKit } from 'holdfast'

const { Cache, CacheInvalidator, CacheKeys, CacheMonitor, CacheTags, CacheWarmer, cacheStatus, cacheWrapper, close } =
  createKit({
    keys: {
      lead: (id: string) => `lead:${id}`,
      leadList: (query: string) => `leads:list:${base64(query)}`,
    },
    tags: { LEADS: 'leads', PRICING: 'pricing' },
    warm: [{ key: 'pricing:california', load: () => loadPricing('california'), ttl: 7200, tags: ['pricing'] }],
    // As of an application's environment.
    env: { ...process.env, REDIS_KEY_PREFIX: 'localpower:', CACHE_ADMIN_TOKEN: 'a long random one' },
  })

const { outcome } = await CacheWarmer.warmCache()
const pricing = await cacheWrapper('pricing:california', () => loadPricing('california'), {
  ttl: 7200,
  tags: ['pricing'],
})
console.log(outcome, await Cache.get('pricing:california'), pricing.context.hit)

const read = () => cacheWrapper(CacheKeys.leadList('all'), loadLeads, { ttl: 300, tags: [CacheTags.LEADS] })
const { data } = await read()
const { context } = await read()
console.log(data.length, context.hit, context.source)

await CacheInvalidator.invalidateLeads()
console.log((await read()).context.hit)

// What a framework hands to the status route.
const asked = await cacheStatus.POST(
  new Request('http://localhost:3002/api/cache-status', {
    method: 'POST',
    headers: { authorization: 'Bearer a long random one' },
    body: JSON.stringify({ action: 'invalidate', tags: [CacheTags.PRICING] }),
  }),
)
console.log(asked.status, await CacheMonitor.healthCheck())

await close()
if (data.length !== 1 || !pricing.context.hit || asked.status !== 200) process.exitCode = 1

async function loadLeads(): Promise<readonly string[]> {
  return ['Ada']
}

async function loadPricing(region: string): Promise<{ region: string; dollars: number }> {
  return { region, dollars: 12 }
}
