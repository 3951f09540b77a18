import { createCache } from 'holdfast'

interface Session {
  readonly userId: string
}

await using cache = createCache()

// #region namespace
const sessions = cache.namespace<Session>('session', { ttl: '20m' })

await sessions.set('abc', { userId: '42' })
const session = await sessions.get('abc')

await sessions.clear() // O(1), and nothing else is touched
// #endregion namespace

if (session?.userId !== '42' || (await sessions.get('abc')) !== undefined)
  throw new Error('expected the session, then none')
