import { decorate, json, type RemoteRead, type RemoteStore, type Serializer } from 'holdfast'

/**
 * A store whose entries of `json()` read as if the given serializer had written them: a cache reads one format, and the command shows the values of
 * applications with either.
 */
export function readingJson(store: RemoteStore, serializer: Serializer): RemoteStore {
  const from = json()
  const translated = (read: RemoteRead): RemoteRead => {
    if (read?.type !== 'entry' || read.serializer !== from.name) return read
    const { payload, createdAt, staleAt, expiresAt, tags, guards } = read
    const entry = {
      type: 'entry',
      createdAt,
      staleAt,
      expiresAt,
      tags,
      ...(guards === undefined ? {} : { guards }),
    } as const
    try {
      return { ...entry, serializer: serializer.name, payload: serializer.serialize(from.deserialize(payload)) }
    } catch {
      // Damaged: the cache says of which serializer it is.
      return read
    }
  }
  return decorate(store, (_, run) => run(), {
    getMany: async (keys, call) => (await store.getMany(keys, call)).map(translated),
  })
}
