/** The database as it is, looked at past the API. */
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { CacheKeys } from '../app/keys.ts'
import type { ApiProcess } from '../processes/api.ts'

/** Scopes for which the database holds an older version than was acknowledged. */
export function lostWrites(databasePath: string, acknowledged: ReadonlyMap<string, number>): number {
  using database = openReadOnly(databasePath)
  let lost = 0
  for (const [scope, version] of acknowledged) if (database.versionOf(scope) < version) lost++
  return lost
}

/**
 * Written leads that a process, long after, does not show as the database has them. A write whose caller gave up may still be on its
 * way: what it changes is promised to nobody before it ends, so its end is waited for.
 */
export async function staleAtRest(
  apis: readonly ApiProcess[],
  databasePath: string,
  acknowledged: ReadonlyMap<string, number>,
): Promise<number> {
  await Promise.all(apis.map(noWriteUnderWay))
  using database = openReadOnly(databasePath)
  const ids = [...acknowledged.keys()].flatMap((scope) => /^lead:(\d+)$/.exec(scope)?.[1] ?? [])
  let stale = 0
  for (const id of ids) {
    for (const api of apis) {
      const response = await fetch(`${api.url}/api/leads/${id}`)
      const { key, version } = (await response.json()) as { readonly key: string; readonly version: number }
      if (key !== CacheKeys.lead(Number(id)) || version !== database.versionOf(`lead:${id}`)) stale++
    }
  }
  return stale
}

/** Waits for the writes that a process has begun, for half a minute at most. */
async function noWriteUnderWay(api: ApiProcess): Promise<void> {
  const giveUpAt = performance.now() + 30_000
  while ((await api.read()).tally.writing > 0) {
    // The control's writes may wait for Redis for ever.
    if (performance.now() > giveUpAt) return
    await sleep(50)
  }
}

function openReadOnly(path: string): Disposable & { readonly versionOf: (scope: string) => number } {
  const database = new DatabaseSync(path, { readOnly: true })
  const lead = database.prepare('SELECT version FROM leads WHERE id = ?')
  const other = database.prepare('SELECT version FROM scopes WHERE name = ?')
  return {
    versionOf: (scope) => {
      const id = /^lead:(\d+)$/.exec(scope)?.[1]
      const row = id === undefined ? other.get(scope) : lead.get(Number(id))
      return Number(row?.['version'] ?? 0)
    },
    [Symbol.dispose]: () => database.close(),
  }
}
