/** Run by a test: a program that has nothing to do but to warm, while its Redis is not there. */
import { createKit } from '../src/create-kit.ts'

const { CacheWarmer, close } = createKit({
  warm: [{ key: 'pricing', load: () => 1, ttl: 60 }],
  env: { REDIS_URL: 'redis://127.0.0.1:1' },
  log: () => undefined,
})
const { outcome } = await CacheWarmer.warmCache()
console.log(outcome)
await close()
