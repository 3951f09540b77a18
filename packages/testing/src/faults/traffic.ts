import type { Database } from './database.ts'
import { allKeys, hugeKey, keysOfTag, readKeys, tagOf, taggedKeys, tags, writtenKeys } from './keys.ts'
import type { CallUnderWay, Recorder } from './recorder.ts'
import type { FaultSubject, FaultValue } from './subject.ts'
import type { Random } from '../random.ts'

/** How often each act is begun, in milliseconds, whatever became of the one before. */
const everyMs = {
  get: 20,
  getOrSet: 10,
  getMany: 40,
  getOrSetMany: 40,
  set: 50,
  delete: 50,
  invalidateTags: 200,
  clear: 1_000,
}

export type Act = keyof typeof everyMs

/**
 * The calls that an application makes, at the times at which it makes them. Calls that touch a written key are one after another, so
 * that a cache without any protection against races passes as long as nothing fails.
 */
export class Traffic {
  readonly #subject: FaultSubject
  readonly #database: Database
  readonly #recorder: Recorder
  readonly #random: Random
  readonly #busy = new Set<string>()
  readonly #timers: NodeJS.Timeout[] = []

  constructor(subject: FaultSubject, database: Database, recorder: Recorder, random: Random) {
    this.#subject = subject
    this.#database = database
    this.#recorder = recorder
    this.#random = random
  }

  /** Begins these acts, each in its rhythm. */
  begin(acts: readonly Act[]): void {
    for (const act of acts) this.#timers.push(setInterval(() => void this.#act(act), everyMs[act]))
  }

  stop(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer)
  }

  /** Reads each key once. */
  async warm(): Promise<void> {
    await Promise.all(allKeys.map((key) => this.#readThrough(key)))
  }

  /** Reads a value through that is far larger than the others. */
  async readHuge(bytes: number): Promise<void> {
    const value = { key: hugeKey, version: 1, filler: 'x'.repeat(bytes) }
    await this.#recorder.call('getOrSet', () => this.#subject.getOrSet(hugeKey, async () => value))
  }

  async #act(act: Act): Promise<void> {
    if (act === 'get') await this.#get(this.#free(readKeys))
    else if (act === 'getOrSet')
      await this.#readThrough(this.#free(this.#random.chance(0.5) ? readKeys : [...writtenKeys, ...taggedKeys]))
    else if (act === 'getMany') await this.#getMany()
    else if (act === 'getOrSetMany') await this.#getOrSetMany()
    else if (act === 'set') await this.#set(this.#free(writtenKeys))
    else if (act === 'delete') await this.#delete(this.#free(writtenKeys))
    else if (act === 'invalidateTags') await this.#invalidate(this.#random.pick(tags))
    else await this.#clear()
  }

  /** A key of those that no other call is about; written ones are. */
  #free(keys: readonly string[]): string | undefined {
    const key = this.#random.pick(keys)
    return this.#busy.has(key) ? undefined : key
  }

  async #get(key: string | undefined): Promise<void> {
    if (key === undefined) return
    const floor = this.#database.floor(key)
    const got = await this.#recorder.call('get', () => this.#subject.get(key))
    if (got === undefined) return
    this.#recorder.read(1, got.result === undefined ? 1 : 0)
    if (got.result !== undefined) this.#check('get', key, got.result, floor)
  }

  async #readThrough(key: string | undefined): Promise<void> {
    if (key === undefined) return
    const isOnlyRead = readKeys.includes(key)
    const options = taggedKeys.includes(key) ? { tags: [tagOf(key)] } : {}
    const floor = this.#database.floor(key)
    let loaded = 0
    await this.#alone(isOnlyRead ? [] : [key], async () => {
      const got = await this.#recorder.call('getOrSet', (call) =>
        this.#subject.getOrSet(
          key,
          async () => {
            loaded = 1
            return this.#timed(call, () => this.#database.load(key))
          },
          options,
        ),
      )
      if (isOnlyRead && got !== undefined) this.#recorder.read(1, loaded)
      if (got !== undefined) this.#check('getOrSet', key, got.result, floor)
    })
  }

  async #getMany(): Promise<void> {
    const keys = this.#some()
    const floors = keys.map((key) => this.#database.floor(key))
    const got = await this.#recorder.call('getMany', () => this.#subject.getMany(keys))
    for (const [at, key] of keys.entries()) {
      const value = got?.result.get(key)
      if (value !== undefined) this.#check('getMany', key, value, floors[at]!)
    }
  }

  async #getOrSetMany(): Promise<void> {
    const keys = this.#some()
    const floors = keys.map((key) => this.#database.floor(key))
    let loaded = 0
    const got = await this.#recorder.call('getOrSetMany', (call) =>
      this.#subject.getOrSetMany(keys, (missing) =>
        this.#timed(call, async () => {
          loaded += missing.length
          return new Map(await Promise.all(missing.map(async (key) => [key, await this.#database.load(key)] as const)))
        }),
      ),
    )
    if (got === undefined) return
    this.#recorder.read(keys.length, Math.min(keys.length, loaded))
    for (const [at, key] of keys.entries()) this.#check('getOrSetMany', key, got.result.get(key), floors[at]!)
  }

  #some(): readonly string[] {
    return this.#random.shuffle(readKeys).slice(0, 5)
  }

  async #set(key: string | undefined): Promise<void> {
    if (key === undefined) return
    await this.#alone([key], async () => {
      const version = this.#database.write(key)
      const done = await this.#recorder.call('set', () => this.#subject.set(key, this.#database.value(key)))
      if (done !== undefined) this.#database.acknowledge(key, version)
    })
  }

  async #delete(key: string | undefined): Promise<void> {
    if (key === undefined) return
    await this.#alone([key], async () => {
      const version = this.#database.write(key)
      const done = await this.#recorder.call('delete', () => this.#subject.delete(key))
      if (done !== undefined) this.#database.acknowledge(key, version)
    })
  }

  async #invalidate(tag: string): Promise<void> {
    const keys = keysOfTag(tag)
    if (keys.some((key) => this.#busy.has(key))) return
    await this.#alone(keys, async () => {
      const versions = keys.map((key) => this.#database.write(key))
      const done = await this.#recorder.call('invalidateTags', () => this.#subject.invalidateTags([tag]))
      if (done === undefined) return
      for (const [at, key] of keys.entries()) this.#database.acknowledge(key, versions[at]!)
    })
  }

  /** Ends all; of what is being read or written meanwhile nothing is asked. */
  async #clear(): Promise<void> {
    const keys = [...writtenKeys, ...taggedKeys].filter((key) => !this.#busy.has(key))
    await this.#alone(keys, async () => {
      const versions = keys.map((key) => this.#database.write(key))
      const done = await this.#recorder.call('clear', () => this.#subject.clear())
      if (done === undefined) return
      for (const [at, key] of keys.entries()) this.#database.acknowledge(key, versions[at]!)
    })
  }

  async #alone(keys: readonly string[], act: () => Promise<void>): Promise<void> {
    for (const key of keys) this.#busy.add(key)
    try {
      await act()
    } finally {
      for (const key of keys) this.#busy.delete(key)
    }
  }

  async #timed<T>(call: CallUnderWay, load: () => Promise<T>): Promise<T> {
    const from = performance.now()
    try {
      return await load()
    } finally {
      call.loadingMs += performance.now() - from
    }
  }

  #check(path: string, key: string, value: FaultValue | undefined, floor: number): void {
    if (value?.key !== key) this.#recorder.wrong(`${path}(${key}) returned ${JSON.stringify(value)?.slice(0, 60)}`)
    else if (value.version < floor)
      this.#recorder.wrong(`${path}(${key}) returned version ${value.version}, ${floor} was acknowledged`)
  }
}
