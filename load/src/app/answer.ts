import type { CallContext, KitReadOptions } from 'holdfast'
import type { Context } from 'hono'
import type { ApiCache } from './cache.ts'
import type { Versioned } from './database/reads.ts'
import type { Changed } from './database/writes.ts'
import type { Tally } from './tally.ts'

/** How an answer came about, as the `x-cache` header says it. */
export type Outcome = 'hit' | 'stale' | 'miss' | 'bypass'

interface Answering {
  readonly cache: ApiCache
  readonly tally: Tally
}

/**
 * Answers from the cache, or from the database. Every body begins with its key and the version of what it shows, so that whoever
 * asked can see an answer to another's question, and an old one.
 */
export async function answer<T>(
  context: Context,
  { cache, tally }: Answering,
  key: string,
  load: () => Promise<Versioned<T>>,
  options: KitReadOptions<Versioned<T>>,
): Promise<Response> {
  const { data: found, context: call } = await cache.cacheWrapper(key, load, options)
  const outcome = cache.mode === 'off' ? 'bypass' : outcomeOf(call)
  tally.outcomes[outcome]++
  const body = JSON.stringify({ key, version: found.version, readAt: found.readAt, data: found.data })
  const headers = {
    'content-type': 'application/json',
    'x-cache': call.hit ? `${outcome} ${call.source}` : outcome,
  }
  return context.body(body, found.data === null ? 404 : 200, headers)
}

/** Answers a write with the new versions of what it changed. */
export function answerChange(context: Context, changed: Changed | undefined): Response {
  return changed === undefined ? context.json({ error: 'There is no such row.' }, 404) : context.json(changed)
}

function outcomeOf({ hit, stale }: CallContext): Outcome {
  if (!hit) return 'miss'
  return stale ? 'stale' : 'hit'
}
