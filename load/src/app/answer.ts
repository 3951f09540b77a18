import type { CallContext, KitReadOptions } from 'holdfast'
import type { Context } from 'hono'
import type { Versioned } from './database/reads.ts'
import type { Changed } from './database/writes.ts'
import type { Services } from './routes/services.ts'

/** How an answer came about, as the `x-cache` header says it. */
export type Outcome = 'hit' | 'stale' | 'miss' | 'bypass'

/**
 * Answers from the cache, or from the database. Every body begins with its key and the version of what it shows, so that whoever
 * asked can see an answer to another's question, and an old one.
 */
export async function answer<T>(
  context: Context,
  { cache, loads, tally }: Services,
  key: string,
  load: () => Promise<Versioned<T>>,
  options: KitReadOptions<Versioned<T>>,
): Promise<Response> {
  const { data: found, context: call } = await cache.cacheWrapper(key, loads.of(key, load), options)
  const outcome = cache.mode === 'off' ? 'bypass' : outcomeOf(call)
  tally.outcomes[outcome]++
  const body = JSON.stringify({ key, version: found.version, readAt: found.readAt, data: found.data })
  const headers = {
    'content-type': 'application/json',
    'x-cache': call.hit ? `${outcome} ${call.source}` : outcome,
    // Whoever shared a load waited no longer for it than it took.
    ...(call.hit ? {} : { 'x-load-ms': loads.lastMsOf(key).toFixed(1) }),
  }
  return context.body(body, found.data === null ? 404 : 200, headers)
}

/** Writes to the database, forgets what the write concerns, and answers with the new versions of that. */
export async function answerChange(
  context: Context,
  { cache, tally }: Services,
  write: () => Promise<Changed | undefined>,
): Promise<Response> {
  const startedAt = performance.now()
  tally.writing++
  try {
    const changed = await write()
    const loadMs = performance.now() - startedAt
    if (changed === undefined) return context.json({ error: 'There is no such row.' }, 404)
    tally.writes++
    // The tags of entries are the scopes of writes: one round trip, whatever the number of entries.
    const { id, versions } = changed
    await cache.CacheInvalidator.invalidateByTags([
      ...new Set([...(id === undefined ? [] : [`lead:${id}`]), ...Object.keys(versions)]),
    ])
    return context.json(changed, 200, { 'x-load-ms': loadMs.toFixed(1) })
  } finally {
    tally.writing--
  }
}

function outcomeOf({ hit, stale }: CallContext): Outcome {
  if (!hit) return 'miss'
  return stale ? 'stale' : 'hit'
}
