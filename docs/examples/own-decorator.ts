import assert from 'node:assert/strict'
import { createCache, redisStore, withBreaker } from 'holdfast'
// #region decorator
import { decorate, type RemoteStore } from 'holdfast'

/** The same store; calls that take longer than so many milliseconds are told. Abilities it lacks stay absent. */
export function withSlowLog(store: RemoteStore, limitMs: number, tell: (line: string) => void): RemoteStore {
  return decorate(store, async (operation, run) => {
    const startedAt = performance.now()
    try {
      return await run()
    } finally {
      const ms = performance.now() - startedAt
      if (ms > limitMs) tell(`${operation} took ${ms.toFixed(1)} ms`)
    }
  })
}
// #endregion decorator

const lines: string[] = []
// #region use
const remote = redisStore(process.env['REDIS_URL'] ?? 'redis://localhost:6379', { prefix: 'shop:' })
const cache = createCache({ remote: withBreaker(withSlowLog(remote, 0, (line) => lines.push(line))) })
// #endregion use

await cache.getOrSet('key', async () => 1)
await cache.close()
assert.match(lines.join('\n'), /^getMany took /m)
