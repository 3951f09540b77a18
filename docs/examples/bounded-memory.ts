// #region bounded-memory
import { createCache, memoryStore } from 'holdfast'

const cache = createCache({ memory: memoryStore({ maxBytes: '1mb' }) })

// A hundred times the room there is: the store drops what is asked for least.
for (let page = 0; page < 1_000; page++) {
  await cache.set(`page:${page}`, 'x'.repeat(100_000), { ttl: '10m' })
}

console.log(cache.stats().shared.evictions)
await cache.close()
// #endregion bounded-memory
