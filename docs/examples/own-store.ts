import assert from 'node:assert/strict'
import { createCache, memoryStore } from 'holdfast'
// #region store
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import type { RemoteEntry, RemoteStore, RemoteWrite } from 'holdfast'

/** A remote tier in a file of SQLite, for the processes of one machine: the four methods that every store has. */
export function sqliteStore(path: string): RemoteStore {
  const db = new DatabaseSync(path, { timeout: 50 })
  db.exec('PRAGMA journal_mode = WAL')
  db.exec(
    'CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, payload BLOB, serializer TEXT, created REAL, stale REAL, expires REAL)',
  )
  const read = db.prepare('SELECT * FROM entry WHERE key = ?')
  const write = db.prepare('INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?)')
  const remove = db.prepare('DELETE FROM entry WHERE key = ?')
  const set = ({ key, payload, serializer, createdAt, staleAt, expiresAt }: RemoteWrite): void =>
    void write.run(key, payload, serializer, createdAt, staleAt, expiresAt)
  return {
    // Answers in the order of the keys; `undefined` is a miss. What cannot be known must reject.
    getMany: async (keys) => keys.map((key) => entryOf(read.get(key))),
    async setMany(writes) {
      for (const each of writes) set(each)
      return writes.map(() => []) // stored, and nothing will tell memory when it changes
    },
    async deleteMany(keys) {
      for (const key of keys) remove.run(key)
    },
    async close() {
      if (db.isOpen) db.close()
    },
  }
}

function entryOf(row: Record<string, SQLOutputValue> | undefined): RemoteEntry | undefined {
  if (row === undefined || Number(row['expires']) <= Date.now()) return undefined
  return {
    type: 'entry',
    payload: row['payload'] as Uint8Array,
    serializer: String(row['serializer']),
    createdAt: Number(row['created']),
    staleAt: Number(row['stale']),
    expiresAt: Number(row['expires']),
    tags: [],
  }
}
// #endregion store

// #region use
const cache = createCache({ memory: memoryStore(), remote: sqliteStore(':memory:'), ttl: '10m' })
console.log(cache.describe().limits) // what such a store cannot promise, each as a sentence
// #endregion use

await cache.set('key', { n: 1 })
assert.deepEqual(await cache.get('key', { skipMemory: true }), { n: 1 })
assert.equal(cache.describe().limits.length, 4)
await cache.close()
