import type { Clock, Entry } from '@holdfast/core'

/** An entry that lives a minute, or as long as asked. */
export function entryOf<V>(value: V, clock: Clock, lifeMs = 60_000): Entry<V> {
  const now = clock.now()
  return { value, createdAt: now, staleAt: now + lifeMs, expiresAt: now + lifeMs, tags: [] }
}
