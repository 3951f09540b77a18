import type { Entry, RemoteEntry } from './contracts.ts'
import { isDead, isGood } from './entry.ts'
import type { SeenInvalidation } from './recent.ts'
import type { Scope } from './scope.ts'
import { keepFound } from './shared-read.ts'

/** What one tier holds for a key. */
export interface InspectedTier {
  readonly ageMs: number
  /** What is left of the ttl; negative once stale. */
  readonly ttlMs: number
  /** What is left of ttl and grace together. */
  readonly graceMs: number
  readonly tags: readonly string[]
  /** Why it is not served, if it is not: `expired`, `stale`, `invalidated`, `unvouched` (no contact with the remote store). */
  readonly refused?: string
}

/** Why a key would hit or miss now. */
export interface Inspection {
  readonly key: string
  readonly verdict: 'hit' | 'stale' | 'miss'
  readonly from?: 'memory' | 'remote'
  /** One sentence for people. */
  readonly why: string
  readonly memory?: InspectedTier
  readonly remote?: InspectedTier
  /** What stands at the key in the remote store when it is no valid entry, or why the store could not be asked. */
  readonly remoteMiss?: string
  /** A load of the key is under way. */
  readonly isLoading: boolean
  /** Of a miss: the latest invalidation of the key, or of a tag it is known to have, that this process saw. */
  readonly invalidation?: SeenInvalidation
}

/** Looks without counting, loading, or keeping anything. */
export async function inspect(scope: Scope, key: string): Promise<Inspection> {
  const { tiers } = scope
  const { memory, remote, clock } = tiers.parts
  const remembered = memory?.get(key)
  const inMemory = remembered === undefined ? undefined : describe(remembered, clock.now())
  const { found, miss } = remote === undefined ? { found: undefined, miss: undefined } : await inspectRemote(scope, key)
  const inRemote = found === undefined ? undefined : describe(found, clock.now())
  const judged = judge(inMemory, inRemote)
  const tags = [...scope.hiddenTags, ...(remembered?.tags ?? []), ...(found?.tags ?? [])]
  // What is served came after it.
  const invalidation = judged.verdict === 'miss' ? tiers.recent.find(key, tags) : undefined
  return {
    key: scope.userKey(key),
    isLoading: tiers.flights.has(key),
    ...judged,
    ...(inMemory === undefined ? {} : { memory: inMemory }),
    ...(inRemote === undefined ? {} : { remote: inRemote }),
    ...(miss === undefined ? {} : { remoteMiss: miss }),
    ...(invalidation === undefined ? {} : { invalidation }),
  }
}

async function inspectRemote(scope: Scope, key: string): Promise<{ found?: Entry | undefined; miss?: string }> {
  const { tiers } = scope
  const remote = tiers.parts.remote!
  const since = tiers.begin(key)
  try {
    const read = await remote.readAlone(key)
    if (read === undefined) return { miss: 'nothing is stored' }
    if (read.type === 'miss') return { miss: read.reason ?? 'no valid entry' }
    const found = keepFound(tiers, key, read, { ...since, settledAt: tiers.parts.clock.now(), skipMemory: true })
    return found === undefined ? { miss: whyUnkept(scope, key, read) } : { found }
  } catch (error) {
    return { miss: `away: ${error instanceof Error ? error.message : String(error)}` }
  } finally {
    tiers.marks.end(key, since.mark)
  }
}

/** Why an entry that is valid in the store is none here. */
function whyUnkept({ tiers }: Scope, key: string, read: RemoteEntry): string {
  const { serializer, remote, clock } = tiers.parts
  if (read.serializer !== serializer.name)
    return `of the serializer ${JSON.stringify(read.serializer)}, where this cache has ${JSON.stringify(serializer.name)}`
  if (clock.now() >= read.expiresAt) return 'expired'
  return remote?.refuses(key, read) === true ? 'invalidated here, which the store does not know' : 'damaged'
}

function describe(entry: Entry, now: number): InspectedTier {
  const refused = refusal(entry, now)
  return {
    ageMs: now - entry.createdAt,
    ttlMs: entry.staleAt - now,
    graceMs: Math.max(0, entry.expiresAt - now),
    tags: entry.tags,
    ...(refused === undefined ? {} : { refused }),
  }
}

function refusal(entry: Entry, now: number): string | undefined {
  if (now >= entry.expiresAt) return 'expired'
  if (isDead(entry)) return 'invalidated'
  if (!isGood(entry, now)) return 'unvouched'
  return now >= entry.staleAt ? 'stale' : undefined
}

function judge(
  memory: InspectedTier | undefined,
  remote: InspectedTier | undefined,
): Pick<Inspection, 'verdict' | 'from' | 'why'> {
  for (const [from, tier] of [
    ['memory', memory],
    ['remote', remote],
  ] as const) {
    if (tier !== undefined && tier.refused === undefined) return { verdict: 'hit', from, why: `Fresh in ${from}.` }
  }
  for (const [from, tier] of [
    ['memory', memory],
    ['remote', remote],
  ] as const) {
    if (tier?.refused === 'stale')
      return { verdict: 'stale', from, why: `Past its ttl in ${from}, within grace: served when it cannot be loaded.` }
  }
  const refused = memory?.refused ?? remote?.refused
  return {
    verdict: 'miss',
    why: refused === undefined ? 'Nothing is stored under this key.' : `What is stored is ${refused}.`,
  }
}
