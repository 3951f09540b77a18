import { cached, createCache } from 'holdfast'

const users = new Map([['42', { id: '42', name: 'Ada', teamId: '7' }]])

await using cache = createCache()

// #region cached
const getUser = cached(cache, {
  key: (id: string) => `user:${id}`,
  load: async (id, { signal }) => readUser(id, signal),
  ttl: '5m',
  grace: '1h',
  tags: (user) => [`team:${user.teamId}`],
})

const ada = await getUser('42')
await getUser.delete('42')
// #endregion cached

if (ada.name !== 'Ada') throw new Error('expected Ada')

async function readUser(id: string, signal: AbortSignal): Promise<{ id: string; name: string; teamId: string }> {
  signal.throwIfAborted()
  const user = users.get(id)
  if (user === undefined) throw new Error(`no user ${id}`)
  return user
}
