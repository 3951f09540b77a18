import { createCache } from 'holdfast'

let isDatabaseUp = true
const readPrice = async (): Promise<number> => {
  if (!isDatabaseUp) throw new Error('the database is down')
  return 100
}

await using cache = createCache()

// #region grace
// Fresh for one minute. For another hour, served when it cannot be loaded.
const price = (): Promise<number> => cache.getOrSet('price:tv', readPrice, { ttl: '1m', grace: '1h' })
// #endregion grace

await price()
await cache.expire('price:tv')
isDatabaseUp = false
if ((await price()) !== 100) throw new Error('expected the stale price')

// #region revalidate
// Stale-while-revalidate: nobody waits for a load when there is a stale value; it is loaded behind.
await cache.getOrSet('price:tv', readPrice, { ttl: '1m', grace: '1h', softTimeout: '0ms' })
// #endregion revalidate

const seen = await cache.inspect('price:tv')
if (seen.verdict !== 'stale') throw new Error(`expected a stale entry, got ${seen.why}`)

// #region soft
// Waits 200 ms for the database. After that the stale value is served, and the load goes on behind.
const quick = (): Promise<number> =>
  cache.getOrSet('price:tv', readPrice, { ttl: '1m', grace: '1h', softTimeout: '200ms' })
// #endregion soft

// #region ahead
// In the last fifth of the minute one of those who hit starts a load behind: nobody waits for a popular key.
await cache.getOrSet('price:radio', readPrice, { ttl: '1m', refreshAhead: 0.8 }).catch(() => undefined)
// #endregion ahead

// #region expire
// Changed, and an old answer is better than none: stale from now on, in every process.
await cache.expire('price:tv')
// Changed, and an old answer is wrong: gone, grace included.
await cache.delete('price:tv')
// #endregion expire

isDatabaseUp = true
if ((await quick()) !== 100) throw new Error('expected the price')
