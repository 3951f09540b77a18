import type { FakeClock } from '@holdfast/testing'
import * as fc from 'fast-check'
import type { Cache, Namespace } from '../../src/cache.ts'
import type { LoadContext } from '../../src/loader.ts'
import type { ReadOptions } from '../../src/options.ts'
import type { MapStore } from '@holdfast/testing/simulation'
import type { Loading, Model } from './model.ts'

/** The cache that is compared with the model. */
export interface Real {
  readonly cache: Cache
  readonly memory: MapStore
  readonly clock: FakeClock
}

/** What one step does, to both. What they return must be the same. */
export interface Step {
  readonly name: string
  inModel(model: Model): unknown
  inCache(real: Real): unknown
}

/** Keys of the cache and of two namespaces, one nested in the other. Escaped ones too. */
export const places: readonly string[] = ['|a', '|ab', '|@a', 'n|a', 'n/m|a']
const tagNames = ['t', '@t', 'u']

const place = fc.constantFrom(...places)
const tags = fc.subarray(tagNames)
const lengthMs = fc.constantFrom(0, 1, 50, 1_000)
const loading: fc.Arbitrary<Loading> = fc.record({
  does: fc.oneof(
    { weight: 4, arbitrary: fc.nat(9) },
    { weight: 2, arbitrary: fc.constantFrom('fails', 'keeps', 'skips', 'undefined') },
  ),
  ttlMs: lengthMs,
  graceMs: lengthMs,
  tags,
  isBehind: fc.boolean(),
  isForced: fc.integer({ min: 0, max: 4 }).map((dice) => dice === 0),
  refreshAhead: fc.constantFrom(undefined, 0, 0.5, 1),
})

/** Splits a place into its view of the cache and its key there. */
export function at({ cache }: Real, name: string): { readonly view: Namespace; readonly key: string } {
  const [namespace, key] = name.split('|') as [string, string]
  return { view: namespace === '' ? cache : cache.namespace(namespace), key }
}

export const steps: readonly fc.Arbitrary<Step>[] = [
  fc.record({ name: place, how: loading, isMany: fc.boolean() }).map(({ name, how, isMany }) => ({
    name: `read ${name} ${JSON.stringify(how)}`,
    inModel: (model) => model.read(name, how),
    inCache: (real) => read(real, name, how, isMany),
  })),
  fc.record({ name: place, stale: fc.boolean() }).map(({ name, stale }) => ({
    name: `get ${name}, stale: ${stale}`,
    inModel: (model) => model.get(name, stale),
    inCache: (real) => at(real, name).view.get(at(real, name).key, { stale }),
  })),
  fc
    .record({ name: place, value: fc.nat(9), ttlMs: lengthMs, graceMs: lengthMs, tags, isUpdate: fc.boolean() })
    .map(({ name, value, ttlMs, graceMs, tags, isUpdate }) => ({
      name: `${isUpdate ? 'update' : 'set'} ${name} to ${value} for ${ttlMs} + ${graceMs}, ${tags.join()}`,
      inModel: (model) => {
        model.set(name, value, ttlMs, graceMs, tags)
        // An update that stores nothing is no set.
        if (isUpdate && ttlMs === 0) model.counts.sets--
        return 'all'
      },
      inCache: async (real) => {
        const { view, key } = at(real, name)
        const options = { ttl: `${ttlMs}ms`, grace: `${graceMs}ms`, tags } as const
        return (await (isUpdate ? view.update(key, () => value, options) : view.set(key, value, options))).reached
      },
    })),
  place.map((name) => ({
    name: `delete ${name}`,
    inModel: (model) => model.forget((key) => key === name),
    inCache: async (real) => void (await at(real, name).view.delete(at(real, name).key)),
  })),
  place.map((name) => ({
    name: `expire ${name}`,
    inModel: (model) => model.expire(name),
    inCache: async (real) => void (await at(real, name).view.expire(at(real, name).key)),
  })),
  tags.map((names) => ({
    name: `invalidate ${names.join()}`,
    inModel: (model) => model.forget((_, kept) => kept.tags.some((tag) => names.includes(tag))),
    inCache: async ({ cache }) => void (await cache.invalidateTags(names)),
  })),
  fc.constantFrom('a*', '?b', '@*').map((pattern) => ({
    name: `invalidate ${pattern}`,
    inModel: (model) => {
      const ended: Record<string, readonly string[]> = { 'a*': ['|a', '|ab'], '?b': ['|ab'], '@*': ['|@a'] }
      model.forget((key) => ended[pattern]!.includes(key))
    },
    inCache: async ({ cache }) => void (await cache.invalidateMatching(pattern)),
  })),
  fc.constantFrom('', 'n', 'n/m').map((namespace) => ({
    name: `clear ${namespace}`,
    inModel: (model) =>
      model.forget((key) => namespace === '' || key.startsWith(`${namespace}|`) || key.startsWith(`${namespace}/`)),
    inCache: async ({ cache }) => void (await (namespace === '' ? cache : cache.namespace(namespace)).clear()),
  })),
  fc.constantFrom(0, 1, 25, 50, 999).map((ms) => ({
    name: `${ms} ms`,
    inModel: (model) => void (model.now += ms),
    inCache: ({ clock }) => clock.advance(ms),
  })),
  fc.constantFrom('|a', 'n|a').map((name) => ({
    name: `evict ${name}`,
    inModel: (model) => model.forget((key) => key === name),
    inCache: ({ memory }) => memory.evict(name === '|a' ? 'a' : '@n:a'),
  })),
]

async function read(real: Real, name: string, how: Loading, isMany: boolean): Promise<unknown> {
  const { view, key } = at(real, name)
  const options: ReadOptions<number | undefined> = {
    ttl: `${how.ttlMs}ms`,
    grace: `${how.graceMs}ms`,
    force: how.isForced,
    refreshAhead: how.refreshAhead,
    // Half of the tags are known before the load, half from the value.
    tags: how.tags.length > 1 ? () => how.tags : how.tags,
    ...(how.isBehind ? { softTimeout: '0ms' } : {}),
  }
  try {
    if (!isMany || typeof how.does !== 'number')
      return await view.getOrSet(key, (context) => load(context, how), options)
    const { does } = how
    return (await view.getOrSetMany(key === '' ? [] : [key], () => new Map([[key, does]]), options)).get(key)
  } catch {
    return 'error'
  } finally {
    await real.clock.advance(0)
  }
}

function load({ keep, skip }: LoadContext, { does }: Loading): number | undefined {
  if (does === 'keeps') return keep()
  if (does === 'skips') skip()
  if (does === 'fails') throw new Error('the loader fails')
  return does === 'skips' ? -1 : does === 'undefined' ? undefined : does
}
