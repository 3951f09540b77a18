import assert from 'node:assert/strict'
import { redisStore } from 'holdfast'

const ca = process.env['REDIS_CA']

// #region servers
const stores = {
  oneServer: redisStore('rediss://app:secret@cache:6379'),
  sameMachine: redisStore({ path: '/run/redis.sock' }),
  // A primary that Sentinels watch.
  sentinels: redisStore({ sentinels: [{ host: 'sentinel-1', port: 26379 }], name: 'mymaster' }),
  cluster: redisStore({
    cluster: ['redis-1:6379', 'redis-2:6379'],
    redisOptions: { username: 'app', password: 'secret', tls: { ca } },
  }),
}
// #endregion servers

// Nothing connects before it is used.
for (const store of Object.values(stores)) {
  assert.equal(store.describe?.().state, 'connecting')
  await store.close()
}
console.log('four ways to name a Redis')
