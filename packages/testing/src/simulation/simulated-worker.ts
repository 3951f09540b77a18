import type { CheckedCache, CheckedValue, CheckedWritten } from '../history/checked-cache.ts'
import type { FinalRead, ReadRecord, WorkerRecord } from '../history/record.ts'
import type { Random } from '../random.ts'
import type { SimulatedKey } from './model-keys.ts'
import type { SimulatedProcess } from './process.ts'
import type { World } from './world.ts'

/** The database: a version for each key, which grows with each write. */
export type Truth = Map<string, number>

/** How often each call invalidates, in a hundred. Some histories have much of one kind: what is rare together meets there. */
export const moods = [
  { delete: 40, update: 25, tags: 25, matching: 5, clear: 5 },
  { delete: 5, update: 5, tags: 80, matching: 5, clear: 5 },
  { delete: 10, update: 10, tags: 10, matching: 10, clear: 60 },
  { delete: 80, update: 10, tags: 5, matching: 3, clear: 2 },
] as const

/** What a worker of a simulated history works with. */
export interface SimulatedWorkerTerms {
  readonly number: number
  readonly world: World
  readonly process: SimulatedProcess
  readonly random: Random
  readonly cache: CheckedCache
  readonly truth: Truth
  readonly keys: readonly SimulatedKey[]
  readonly mood: (typeof moods)[number]
  readonly records: WorkerRecord[]
}

type Write = (bump: (keys: readonly SimulatedKey[]) => void) => Promise<CheckedWritten>

/** One process of a simulated history: reads, loads, writes and invalidates, and writes down what it saw. */
export class SimulatedWorker {
  readonly #terms: SimulatedWorkerTerms
  readonly #busy = new Set<string>()
  readonly #underWay = new Set<{ readonly path: string; readonly start: number }>()

  constructor(terms: SimulatedWorkerTerms) {
    this.#terms = terms
  }

  /** Reads and writes until an instant of the world. */
  async work(until: number): Promise<void> {
    const { world, random } = this.#terms
    while (world.now < until) {
      await this.#sleep(random.below(8))
      await (random.chance(0.7) ? this.#read() : this.#write())
    }
  }

  /** What is read of each key at the end. */
  async readAll(): Promise<readonly FinalRead[]> {
    const { keys, truth } = this.#terms
    const reads: FinalRead[] = []
    for (const key of keys) {
      const read = await this.#getOrSet(key)
      if (read !== undefined) reads.push({ ...read, truth: truth.get(key.name) ?? 0 })
    }
    return reads
  }

  /** Writes down the calls that should have ended long ago. */
  failUnderWay(): void {
    for (const { path, start } of this.#underWay) this.#fail(path, start, 'still under way')
    this.#underWay.clear()
  }

  async #read(): Promise<void> {
    const { random, cache, keys } = this.#terms
    const key = random.pick(keys)
    const way = random.next()
    if (way < 0.7 || cache.get === undefined) await this.#getOrSet(key)
    else if (way < 0.85 || cache.getMany === undefined)
      await this.#recorded('get', [key], async () => [await cache.get!(key.name)])
    else {
      const values = cache.getMany.bind(cache)
      await this.#recorded('getMany', keys, async () => {
        const found = await values(keys.map(({ name }) => name))
        return keys.map(({ name }) => found.get(name))
      })
    }
  }

  async #getOrSet(key: SimulatedKey): Promise<ReadRecord | undefined> {
    const { cache } = this.#terms
    const read = async (): Promise<readonly CheckedValue[]> => [
      await cache.getOrSet(key.name, () => this.#load(key), key.options),
    ]
    return (await this.#recorded('getOrSet', [key], read))[0]
  }

  /** Reads the truth, with time before and after: a slow load meets invalidations on its way. */
  async #load(key: SimulatedKey): Promise<CheckedValue> {
    const { world, random, truth, number, records } = this.#terms
    const start = world.now
    await this.#sleep(random.below(3))
    const version = truth.get(key.name) ?? 0
    await this.#sleep(random.chance(0.1) ? random.below(200) : random.below(15))
    records.push({ type: 'load', worker: number, key: key.name, start, end: world.now, version })
    return { key: key.name, version, tags: key.tags, filler: '' }
  }

  async #write(): Promise<void> {
    const { random, cache, keys, number, mood } = this.#terms
    const key = random.pick(keys)
    if (key.owner !== undefined) return key.owner === number ? this.#writeOwn(key) : undefined
    let at = random.below(100)
    const kind = (Object.keys(mood) as (keyof typeof mood)[]).find((each) => (at -= mood[each]) < 0)
    const unowned = keys.filter(({ owner }) => owner === undefined)
    if (kind === 'update' && cache.update !== undefined) return this.#update(key)
    if (kind === 'tags' && cache.invalidateTags !== undefined) {
      const tag = random.pick(['t', 'u'])
      const tagged = keys.filter(({ tags }) => tags.includes(tag))
      const written = tagged.filter(() => random.chance(0.6))
      return this.#invalidate(`invalidateTags ${tag}`, written, tagged, () => cache.invalidateTags!([tag]))
    }
    if (kind === 'matching' && cache.invalidateMatching !== undefined) {
      const matching = unowned.filter(({ name }) => name.startsWith('tagged:'))
      return this.#invalidate('invalidateMatching', matching, matching, () => cache.invalidateMatching!('tagged:*'))
    }
    if (kind === 'clear' && cache.clear !== undefined)
      return this.#invalidate('clear', unowned.slice(0, 2), keys, () => cache.clear!())
    return this.#delete(key)
  }

  /** One write at a time: which of a `set` and a write beside it is the last is not promised. */
  async #writeOwn(key: SimulatedKey): Promise<void> {
    const { random, cache } = this.#terms
    if (this.#busy.has(key.name)) return
    this.#busy.add(key.name)
    const kind = random.next()
    if (kind < 0.7 && cache.set !== undefined) await this.#set(key)
    else if (kind < 0.85 && cache.update !== undefined) await this.#update(key)
    else await this.#delete(key)
    this.#busy.delete(key.name)
  }

  #delete(key: SimulatedKey): Promise<void> {
    return this.#invalidate('delete', [key], [key], () => this.#terms.cache.delete(key.name))
  }

  #invalidate(
    path: string,
    written: readonly SimulatedKey[],
    covered: readonly SimulatedKey[],
    call: () => Promise<CheckedWritten>,
  ): Promise<void> {
    return this.#recordedWrite(path, covered, async (bump) => {
      bump(written)
      return call()
    })
  }

  #update(key: SimulatedKey): Promise<void> {
    const { cache, truth } = this.#terms
    return this.#recordedWrite(`update ${key.name}`, [key], (bump) =>
      cache.update!(
        key.name,
        async () => {
          await this.#sleep(this.#terms.random.below(5))
          bump([key])
          const version = truth.get(key.name)!
          await this.#sleep(this.#terms.random.below(5))
          return { key: key.name, version, tags: key.tags, filler: '' }
        },
        key.options,
      ),
    )
  }

  #set(key: SimulatedKey): Promise<void> {
    const { cache, truth } = this.#terms
    return this.#recordedWrite(`set ${key.name}`, [key], (bump) => {
      bump([key])
      const value = { key: key.name, version: truth.get(key.name)!, tags: key.tags, filler: '' }
      return cache.set!(key.name, value, key.options)
    })
  }

  async #recordedWrite(path: string, covered: readonly SimulatedKey[], write: Write): Promise<void> {
    const { world, truth, number, records } = this.#terms
    let issue = world.now
    let covers: { readonly key: string; readonly version: number }[] = []
    const bump = (keys: readonly SimulatedKey[]): void => {
      for (const { name } of keys) truth.set(name, (truth.get(name) ?? 0) + 1)
      covers = covered.map(({ name }) => ({ key: name, version: truth.get(name) ?? 0 }))
      issue = world.now
    }
    const written = await this.#call(path, () => write(bump))
    if (written === undefined) return
    const isApplied = written.value === undefined || (written.value.reached === 'all' && !written.value.queued)
    records.push({ type: 'invalidation', worker: number, path, covers, issue, ack: world.now, isApplied })
  }

  async #recorded(
    path: string,
    keys: readonly SimulatedKey[],
    read: () => Promise<readonly (CheckedValue | undefined)[]>,
  ): Promise<readonly ReadRecord[]> {
    const { world, number, records } = this.#terms
    const start = world.now
    const values = (await this.#call(path, read))?.value ?? []
    const reads = values.map((value, at): ReadRecord => ({
      type: 'read',
      worker: number,
      key: keys[at]!.name,
      start,
      end: world.now,
      version: value?.version,
      valueKey: value?.key,
      path,
    }))
    records.push(...reads)
    return reads
  }

  /** A call that must not reject: when it does, that is written down. */
  async #call<T>(path: string, call: () => Promise<T>): Promise<{ readonly value: T } | undefined> {
    const begun = { path, start: this.#terms.world.now }
    this.#underWay.add(begun)
    try {
      return { value: await call() }
    } catch (error) {
      this.#fail(path, begun.start, String(error))
      return undefined
    } finally {
      this.#underWay.delete(begun)
    }
  }

  #fail(path: string, start: number, error: string): void {
    const { world, number, records } = this.#terms
    records.push({ type: 'failure', worker: number, path, start, end: world.now, error })
  }

  /** Stands still with its process. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#terms.process.clock.setTimer(resolve, ms))
  }
}
