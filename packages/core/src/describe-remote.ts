import type { RemoteDescription, RemoteStore } from './contracts.ts'

/** What a remote store says of itself, or what its abilities say of one that is silent. */
export function describeRemote(store: RemoteStore): RemoteDescription {
  if (store.describe !== undefined) return store.describe()
  const limits: string[] = []
  if (store.lease === undefined)
    limits.push('A load that began before an invalidation in another process may put its old value back (no leases).')
  if (store.listen === undefined)
    limits.push(
      'Other processes hear of an invalidation only when their memory entries end, after maxStaleness at most.',
    )
  if (store.invalidateTags === undefined) limits.push('Entries with tags are kept in memory only.')
  if (store.clear === undefined && store.invalidateMatching === undefined)
    limits.push(
      'Clearing, and invalidating by pattern, end what is stored for this process only, and not after a restart.',
    )
  return { name: 'remote', coherence: store.listen === undefined ? 'max-staleness' : 'announcements', limits }
}
