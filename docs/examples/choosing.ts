import assert from 'node:assert/strict'
import { base64, createCache } from 'holdfast'

interface Session {
  readonly userId: string
}

await using cache = createCache()

// #region lives
// A namespace for each kind of data: its life is said once, and it can be cleared alone.
const settings = cache.namespace('settings', { ttl: '12h', grace: '1d' })
const prices = cache.namespace<number>('pricing', { ttl: '2h', grace: '1d', refreshAhead: 0.8 })
const leads = cache.namespace('leads', { ttl: '10m', grace: '1h' })
const reports = cache.namespace('analytics', { ttl: '30m', softTimeout: '0ms', grace: '2h' })
const sessions = cache.namespace<Session>('session', { ttl: '2h' })
const searches = cache.namespace('search', { ttl: '15m', jitter: 0.1 })
// #endregion lives

// #region keys
const keys = {
  lead: (id: string) => `lead:${id}`,
  // Parameters in one order, so that the same question has the same key.
  leadList: (query: Record<string, string>) => {
    const params = new URLSearchParams(query)
    params.sort()
    return `leads:list:${base64(params.toString())}`
  },
  // Whatever the answer depends on is in the key: the user, the language, the day.
  dashboard: (userId: string, language: string, day: string) => `analytics:dashboard:${userId}:${language}:${day}`,
}
// #endregion keys

await sessions.set('abc', { userId: '42' })
await prices.set('ca', 12)
await prices.clear()
assert.equal(await prices.get('ca'), undefined)
assert.deepEqual(await sessions.get('abc'), { userId: '42' })
assert.equal(keys.leadList({ status: 'NEW', page: '1' }), keys.leadList({ page: '1', status: 'NEW' }))
console.log(keys.lead('7'), keys.dashboard('42', 'en', '2030-01-01'))
for (const each of [settings, leads, reports, searches]) assert.equal(each.stats().hits, 0)
