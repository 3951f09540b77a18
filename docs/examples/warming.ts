// #region warming
import { createCache, createWarmer, redisStore, withBreaker } from 'holdfast'

const cache = createCache({
  remote: withBreaker(redisStore(process.env['REDIS_URL'] ?? 'redis://localhost:6379', { prefix: 'shop:' })),
})

const warmer = createWarmer(cache, {
  concurrency: 4,
  rate: { loads: 50, per: '1s' },
  jobs: [
    {
      name: 'pricing',
      keys: ['pricing:ca', 'pricing:ny'],
      load: (key) => loadPricing(key),
      ttl: '2h',
      tags: ['pricing'],
    },
    { name: 'products', keys: () => productKeys(), loadMany: (keys) => loadProducts(keys), batch: 50, ttl: '1h' },
  ],
})
warmer.on('failed', ({ job, keys, error, willRetry }) => console.warn(job, keys.length, String(error), willRetry))

// Before the server listens; or behind it: warmer.every('30m', { now: true })
const { outcome, jobs } = await warmer.run()
// #endregion warming

console.log(outcome, jobs)
const price = await cache.get('pricing:ca')
await warmer.close()
await cache.close()
if (outcome !== 'done' || price === undefined) process.exitCode = 1

async function loadPricing(key: string): Promise<{ key: string; dollars: number }> {
  return { key, dollars: 12 }
}

async function* productKeys(): AsyncGenerator<string> {
  for (let id = 1; id <= 120; id += 1) yield `product:${id}`
}

async function loadProducts(keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
  return new Map(keys.map((key) => [key, `the product of ${key}`]))
}
