import assert from 'node:assert/strict'
import { createCache, InvalidOptionError, parseDuration, type Duration, type ReadOptions } from 'holdfast'

// #region durations
// From outside: any string may come, so it is checked where it enters, under the name that an operator knows.
const ttl = (process.env['PRICES_TTL'] ?? '5m') as Duration
parseDuration('PRICES_TTL', ttl) // throws InvalidOptionError: Expected `PRICES_TTL` to be a duration with its unit, …

// Seconds from somewhere else.
const seconds = 300
const grace: Duration = `${seconds}s`

// Options in a constant: `satisfies` keeps '10m' a duration, where `const slow = { ttl: '10m' }` makes it any string.
const slow = { ttl: '10m', grace: '1h' } satisfies ReadOptions
// #endregion durations

await using cache = createCache({ ttl, grace })
assert.equal(await cache.getOrSet('report', () => 'loaded', slow), 'loaded')
assert.ok(((await cache.lookup('report'))?.ttlMs ?? 0) > 599_000)
assert.throws(() => parseDuration('PRICES_TTL', '5 minutes' as never), InvalidOptionError)
