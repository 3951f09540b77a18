import type { Random } from '../random.ts'
import { isPlanned, loadFrom, type Bench } from './bench.ts'
import type { CheckedSpace, CheckedValue } from './checked-cache.ts'
import { modelKeys, pickKey, pickKeys, type ModelKey } from './keyspace.ts'
import type { ReadRecord } from './record.ts'

type Found = { readonly path: string; readonly values: readonly (readonly [ModelKey, CheckedValue | undefined])[] }
type Way = (bench: Bench, random: Random, space: CheckedSpace) => Promise<Found>

/** The ways to read, each as often as its weight says, where the cache has the method. */
const ways: readonly { readonly weight: number; readonly method: keyof CheckedSpace; readonly read: Way }[] = [
  { weight: 50, method: 'getOrSet', read: (bench, random) => getOrSet(bench, random, pickKey(random)) },
  { weight: 10, method: 'get', read: (bench, random) => get(bench, pickKey(random), false) },
  { weight: 6, method: 'get', read: (bench, random) => get(bench, pickKey(random), true) },
  { weight: 16, method: 'lookup', read: lookup },
  { weight: 8, method: 'getMany', read: getMany },
  { weight: 10, method: 'getOrSetMany', read: getOrSetMany },
]

/** Reads once, in one way or another, and records what came back. */
export async function readOnce(bench: Bench, random: Random): Promise<void> {
  const possible = ways.filter(({ method }) => bench.cache[method] !== undefined)
  let at = random.below(possible.reduce((sum, { weight }) => sum + weight, 0))
  const way = possible.find(({ weight }) => (at -= weight) < 0)!
  await recorded(bench, way.method, () => way.read(bench, random, bench.cache))
}

/** Reads one key through, as a writer does after its write. */
export async function readThrough(bench: Bench, random: Random, key: ModelKey): Promise<void> {
  await recorded(bench, 'getOrSet', () => getOrSet(bench, random, key))
}

/** Reads every key: what is stored, then through. */
export async function readEach(bench: Bench, random: Random): Promise<readonly ReadRecord[]> {
  const reads: ReadRecord[] = []
  for (const key of modelKeys) {
    for (const skipMemory of [false, true]) {
      if (bench.cache.get !== undefined) {
        reads.push(...(await recorded(bench, 'get', () => get(bench, key, skipMemory))))
      }
    }
    let through: readonly ReadRecord[] = []
    // Some loads fail on purpose.
    for (let attempt = 0; through.length === 0 && attempt < 10; attempt += 1) {
      through = await recorded(bench, 'getOrSet', () => getOrSet(bench, random, key))
    }
    reads.push(...through)
  }
  return reads
}

async function recorded(bench: Bench, path: string, read: () => Promise<Found>): Promise<readonly ReadRecord[]> {
  const { recorder } = bench
  const start = recorder.now()
  const found = await recorder.call(path, read, isPlanned)
  const end = recorder.now()
  return (found?.values ?? []).map(([key, value]) => {
    const record: ReadRecord = {
      type: 'read',
      worker: recorder.worker,
      key: key.name,
      start,
      end,
      version: value?.version,
      valueKey: value?.key,
      path: found!.path,
    }
    recorder.add(record)
    return record
  })
}

async function getOrSet(bench: Bench, random: Random, key: ModelKey): Promise<Found> {
  let path = 'getOrSet'
  const load = async (): Promise<CheckedValue> => {
    path = 'getOrSet, its own load'
    return loadFrom(bench, random, key)
  }
  const value = await bench.space(key.namespace).getOrSet(key.key, load, key.options)
  return { path, values: [[key, value]] }
}

async function get(bench: Bench, key: ModelKey, skipMemory: boolean): Promise<Found> {
  const value = await bench.space(key.namespace).get!(key.key, { skipMemory })
  return { path: skipMemory ? 'get, skipping memory' : 'get', values: [[key, value]] }
}

async function lookup(bench: Bench, random: Random): Promise<Found> {
  const key = pickKey(random)
  const { value, from } = await bench.space(key.namespace).lookup!(
    key.key,
    () => loadFrom(bench, random, key),
    key.options,
  )
  return { path: `lookup, from ${from}`, values: [[key, value]] }
}

async function getMany(bench: Bench, random: Random): Promise<Found> {
  const keys = pickKeys(random, 8, false)
  const values = await bench.space(keys[0]!.namespace).getMany!(keys.map(({ key }) => key))
  return { path: 'getMany', values: keys.map((key) => [key, values.get(key.key)]) }
}

async function getOrSetMany(bench: Bench, random: Random): Promise<Found> {
  const keys = pickKeys(random, 4, true)
  const load = async (missing: readonly string[]): Promise<ReadonlyMap<string, CheckedValue>> => {
    const asked = keys.filter(({ key }) => missing.includes(key))
    return new Map(await Promise.all(asked.map(async (key) => [key.key, await loadFrom(bench, random, key)] as const)))
  }
  const { namespace, options } = keys[0]!
  const values = await bench.space(namespace).getOrSetMany!(
    keys.map(({ key }) => key),
    load,
    options,
  )
  return { path: 'getOrSetMany', values: keys.map((key) => [key, values.get(key.key)]) }
}
