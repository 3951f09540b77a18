import { isDeepStrictEqual } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Sdk } from '../engine/sdk.ts'
import type { OpenOptions, Peer, Subject, Tier } from './peer.ts'

/**
 * What is timed must do the same thing: looks at every promise of an adapter on a tier, and returns what is broken. Nobody is compared
 * who caches nothing, returns something else, or claims what it cannot.
 */
export async function checkConformance(
  peer: Peer,
  tier: Tier,
  sdk: Sdk,
  redisUrl: string,
  prefix: string,
): Promise<readonly string[]> {
  const faults: string[] = []
  const options: OpenOptions = { tier, redisUrl, prefix, ttlMs: 60_000, maxEntries: 1_000, sdk }
  for (const check of checks) {
    const fault = await attempt(peer, options, check)
    if (fault !== undefined) faults.push(`${check.name}: ${fault}`)
  }
  return faults
}

interface Check {
  readonly name: string
  readonly ttlMs?: number
  run(subject: Subject, peer: Peer, tier: Tier): Promise<string | undefined>
}

async function attempt(peer: Peer, options: OpenOptions, check: Check): Promise<string | undefined> {
  let subject: Subject | undefined
  try {
    subject = await peer.open({
      ...options,
      prefix: `${options.prefix}${checks.indexOf(check)}`,
      ttlMs: check.ttlMs ?? options.ttlMs,
    })
    return await check.run(subject, peer, options.tier)
  } catch (error) {
    return `threw ${error instanceof Error ? error.message : String(error)}`
  } finally {
    await subject?.close()
  }
}

const row = { id: 7, name: 'Ada', tags: ['a', 'b'], nested: { score: 1.5, gone: null } }

const checks: readonly Check[] = [
  {
    name: 'a miss is undefined',
    async run({ get }) {
      const missed = await get?.('absent')
      return missed === undefined ? undefined : `got ${JSON.stringify(missed)}`
    },
  },
  {
    name: 'what was set comes back equal',
    async run({ get, set }) {
      if (!get || !set) return undefined
      await set('key', structuredClone(row))
      const found = await get('key')
      return isDeepStrictEqual(plain(found), row) ? undefined : `got ${JSON.stringify(found)}`
    },
  },
  {
    name: 'a changed copy changes no other, where values are isolated',
    async run({ get, set }, { capabilities }, tier) {
      if (!get || !set || !capabilities.isolates || tier === 'remote') return undefined
      await set('key', structuredClone(row))
      const first = (await get('key')) as { name: string }
      first.name = 'changed'
      const second = (await get('key')) as { name: string }
      return second.name === 'Ada' ? undefined : 'the change was seen'
    },
  },
  {
    name: 'what was deleted is gone',
    async run({ get, set, delete: remove }) {
      if (!get || !set || !remove) return undefined
      await set('key', row)
      await remove('key')
      return (await get('key')) === undefined ? undefined : 'it is still there'
    },
  },
  {
    name: 'a value ends with its ttl',
    ttlMs: 60,
    async run({ get, set, getOrSet }, { name, capabilities }) {
      if (name === 'map') return undefined
      const afterTtlMs = 60 + (capabilities.ttlStepMs ?? 60)
      if (get && set) {
        await set('key', row)
        await sleep(afterTtlMs)
        return (await get('key')) === undefined ? undefined : 'it outlived its ttl'
      }
      let loads = 0
      const load = async (): Promise<unknown> => ({ ...row, id: ++loads })
      await getOrSet?.('key', load)
      await sleep(afterTtlMs)
      await getOrSet?.('key', load)
      return loads === 2 ? undefined : 'it outlived its ttl'
    },
  },
  {
    name: 'a batch has all its values',
    async run({ getMany, set, setMany }) {
      if (!getMany) return undefined
      const entries = Array.from({ length: 5 }, (_, i) => [`many:${i}`, { ...row, id: i }] as const)
      if (setMany) await setMany(entries)
      else for (const [key, value] of entries) await set?.(key, value)
      const keys = entries.map(([key]) => key)
      const found = await getMany(keys)
      const values = found instanceof Map ? keys.map((key) => found.get(key) as unknown) : (found as readonly unknown[])
      const isWhole = entries.every(([, value], i) => isDeepStrictEqual(plain(values[i]), value))
      return isWhole ? undefined : `got ${JSON.stringify(values)}`
    },
  },
  {
    name: 'a value is loaded once and then found',
    async run({ getOrSet }) {
      if (!getOrSet) return undefined
      let loads = 0
      const load = async (): Promise<unknown> => {
        loads++
        return row
      }
      const first = await getOrSet('loaded', load)
      const second = await getOrSet('loaded', load)
      if (!isDeepStrictEqual(plain(first), row) || !isDeepStrictEqual(plain(second), row)) return 'it came back changed'
      return loads === 1 ? undefined : `${loads} loads`
    },
  },
  {
    name: 'callers at once share a load, if and only if it says so',
    async run({ getOrSet }, { capabilities }) {
      if (!getOrSet) return capabilities.singleFlight ? 'there is no getOrSet' : undefined
      let loads = 0
      const load = async (): Promise<unknown> => {
        loads++
        await sleep(20)
        return row
      }
      await Promise.all(Array.from({ length: 20 }, () => getOrSet('crowded', load)))
      return (loads === 1) === capabilities.singleFlight ? undefined : `${loads} loads for 20 callers`
    },
  },
  {
    name: 'an invalidated tag ends its entries and no others, if and only if it has tags',
    async run({ get, setTagged, invalidateTag }, { capabilities }) {
      if (!capabilities.tags) return setTagged || invalidateTag ? 'it has tags and denies it' : undefined
      if (!get || !setTagged || !invalidateTag) return 'it has no tags'
      await setTagged('one', row, ['red', 'blue'])
      await setTagged('other', row, ['blue'])
      // Timestamps decide in some libraries, and they have a resolution.
      await sleep(5)
      await invalidateTag('red')
      if ((await get('one')) !== undefined) return 'the entry is still there'
      return (await get('other')) === undefined ? 'the other entry is gone too' : undefined
    },
  },
]

/** Without prototypes: some codecs return objects that have none of their own. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : structuredClone(value)
}
