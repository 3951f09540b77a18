import assert from 'node:assert/strict'
import { createCache } from 'holdfast'

await using cache = createCache()
await cache.set('lead:7', { id: '7' }, { tags: ['leads'] })
await cache.invalidateTags('leads')

// #region inspect
const { verdict, why, memory, remote, remoteMiss, isLoading, invalidation } = await cache.inspect('lead:7')
console.log(verdict, why, memory, remote, remoteMiss, isLoading, invalidation)
// miss, 'What is stored is invalidated.', and `invalidation` says by what, when, and from where
// #endregion inspect

assert.equal(verdict, 'miss')
assert.equal(why, 'What is stored is invalidated.')
assert.deepEqual([invalidation?.what, invalidation?.origin], [{ type: 'tags', names: ['leads'] }, 'local'])
