import type { Entry, EvictReason } from '@holdfast/core'
import { fakeClock, type FakeClock } from '@holdfast/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { BoundedStore } from '../src/memory-store.ts'
import { parseOptions, type MemoryStoreOptions } from '../src/options.ts'
import { checkInvariants } from './invariants.ts'

/** What must be true of the store, whatever it decides to keep. */
interface Model {
  /** The last entry set under each key, until it was deleted, cleared or said to have left. */
  readonly last: Map<string, Entry>
  readonly clock: FakeClock
}

interface Real {
  readonly store: BoundedStore
  readonly told: { readonly key: string; readonly reason: EvictReason }[]
}

type Command = fc.Command<Model, Real>

/** An entry whose value says what it weighs. */
function entryOf(weight: unknown, clock: FakeClock, lifeMs: number): Entry {
  const now = clock.now()
  return { value: weight, createdAt: now, staleAt: now + lifeMs, expiresAt: now + lifeMs, tags: [] }
}

/** What a `set` was about. */
interface Written {
  readonly key: string
  readonly before: Entry | undefined
}

/** Counts all there is after a step, and forgets what the store said that it dropped. */
function settle({ last, clock }: Model, { store, told }: Real, written?: Written): void {
  checkInvariants(store)
  const present = new Set(store.keys())
  for (const { key, reason } of told.splice(0)) {
    // It was told of before the newcomer of the same key came in.
    const entry = key === written?.key ? written.before : last.get(key)
    expect(entry, `${key} is told of once, and was there`).toBeDefined()
    if (reason === 'expired') expect(entry!.expiresAt).toBeLessThanOrEqual(clock.now())
    if (key !== written?.key) last.delete(key)
  }
  for (const key of present) expect(last.has(key), `${key} was set`).toBe(true)
  for (const key of last.keys()) if (!present.has(key)) expect(key, 'only what was told of is gone').toBe(written?.key)
  if (written !== undefined && !present.has(written.key)) last.delete(written.key)
}

class Put implements Command {
  readonly key: string
  readonly weight: unknown
  readonly lifeMs: number

  constructor(key: string, weight: unknown, lifeMs: number) {
    this.key = key
    this.weight = weight
    this.lifeMs = lifeMs
  }

  check(): boolean {
    return true
  }

  run(model: Model, real: Real): void {
    const { store } = real
    const entry = entryOf(this.weight, model.clock, this.lifeMs)
    const before = model.last.get(this.key)

    store.set(this.key, entry)
    model.last.set(this.key, entry)
    settle(model, real, { key: this.key, before })

    const found = store.get(this.key)
    if (store.maxBytes === undefined || found !== undefined) expect(found, 'never the older one').toBe(entry)
    if (store.maxBytes !== undefined && !isWeight(this.weight, store.maxBytes)) expect(found).toBeUndefined()
  }

  toString(): string {
    return `set(${this.key}, ${String(this.weight)}, ${this.lifeMs})`
  }
}

class Get implements Command {
  readonly key: string

  constructor(key: string) {
    this.key = key
  }

  check(): boolean {
    return true
  }

  run(model: Model, real: Real): void {
    expect(real.store.get(this.key)).toBe(model.last.get(this.key))
    settle(model, real)
  }

  toString(): string {
    return `get(${this.key})`
  }
}

class Delete implements Command {
  readonly key: string

  constructor(key: string) {
    this.key = key
  }

  check(): boolean {
    return true
  }

  run(model: Model, real: Real): void {
    real.store.delete(this.key)
    model.last.delete(this.key)
    expect(real.store.get(this.key)).toBeUndefined()
    settle(model, real)
  }

  toString(): string {
    return `delete(${this.key})`
  }
}

class Clear implements Command {
  check(): boolean {
    return true
  }

  run(model: Model, real: Real): void {
    real.store.clear()
    model.last.clear()
    settle(model, real)
  }

  toString(): string {
    return 'clear()'
  }
}

class Wait implements Command {
  readonly ms: number

  constructor(ms: number) {
    this.ms = ms
  }

  check(): boolean {
    return true
  }

  run(model: Model, real: Real): void {
    model.clock.stall(this.ms)
    settle(model, real)
  }

  toString(): string {
    return `wait(${this.ms})`
  }
}

function isWeight(weight: unknown, most: number): boolean {
  return typeof weight === 'number' && weight >= 0 && weight <= most
}

const keys = fc.integer({ min: 0, max: 30 }).map((number) => `key:${number}`)
const lives = fc.oneof(
  fc.constantFrom(0, 1, 1_000, 1_024, 65_536, 70_000, 5_000_000, 3e8, 2e10, 8e15, -5, Number.NaN),
  fc.integer({ min: 0, max: 300_000 }),
)
const weights = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 40 }) },
  { weight: 2, arbitrary: fc.double({ min: 0, max: 120 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      Number.NaN,
      Number.POSITIVE_INFINITY,
      -1,
      -0,
      1e300,
      2 ** 53,
      101,
      100,
      '7',
      undefined,
      'throw',
    ),
  },
)
const commands = fc.commands(
  [
    fc.tuple(keys, weights, lives).map((args) => new Put(...args)),
    fc.tuple(keys, weights, fc.constant(60_000)).map((args) => new Put(...args)),
    keys.map((key) => new Get(key)),
    keys.map((key) => new Get(key)),
    keys.map((key) => new Delete(key)),
    fc
      .oneof(fc.integer({ min: 0, max: 3_000 }), fc.constantFrom(60_000, 4_194_304, 3e8, 2e10))
      .map((ms) => new Wait(ms)),
    fc.constant(new Clear()),
  ],
  { maxCommands: 150, size: '+1' },
)

function weigh(_key: string, { value }: Entry): number {
  if (value === 'throw') throw new Error('cannot be weighed')
  return value as number
}

function open(options: MemoryStoreOptions, clock: FakeClock): Real {
  const store = new BoundedStore(parseOptions({ ...options, clock }))
  const told: Real['told'] = []
  store.onEvict = (key, reason) => {
    checkInvariants(store)
    told.push({ key, reason })
  }
  return { store, told }
}

describe('memoryStore after any sequence of calls', () => {
  it.each<[string, MemoryStoreOptions]>([
    ['of one entry', { maxEntries: 1 }],
    ['of two entries', { maxEntries: 2 }],
    ['of nine entries', { maxEntries: 9 }],
    ['of a hundred bytes', { maxBytes: 100, weigh }],
    ['of one byte', { maxBytes: 1, weigh }],
    ['of both bounds', { maxBytes: 100, maxEntries: 7, weigh }],
  ])('keeps its bound, its slots and its word: %s', (_name, options) => {
    const check = fc.check(
      fc.property(commands, (sequence) => {
        fc.modelRun(() => {
          const clock = fakeClock()
          return { model: { last: new Map(), clock }, real: open(options, clock) }
        }, sequence)
      }),
      { numRuns: 400 },
    )

    expect(fc.defaultReportMessage(check)).toBeUndefined()
  })

  it('keeps its slots in order while the arrays grow, shrink to nothing and fill again', () => {
    const clock = fakeClock()
    const store = new BoundedStore(parseOptions({ maxEntries: 5_000, clock }))

    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 6_000; index++) {
        store.set(`key:${round}:${index}`, entryOf(1, clock, 1 + ((index * 7_919) % 100_000)))
        if (index % 3 === 0) store.get(`key:${round}:${index >> 1}`)
        if (index % 5 === 0) store.delete(`key:${round}:${index >> 2}`)
        if (index % 1_499 === 0) checkInvariants(store)
      }
      checkInvariants(store)
      if (round === 0) store.clear()
      else clock.stall(1e6)
    }

    expect(store.size).toBeGreaterThan(3_000)
  })

  it('finds everything that has expired with a few more sets, without a timer', () => {
    const clock = fakeClock()
    const { store, told } = open({ maxEntries: 1_000 }, clock)
    for (let index = 0; index < 900; index++) store.set(`key:${index}`, entryOf(1, clock, 1_000 + index * 100))

    clock.stall(200_000)
    for (let index = 0; index < 40; index++) store.set('one', entryOf(1, clock, 8e15))

    expect(told).toHaveLength(900)
    expect(new Set(told.map(({ reason }) => reason))).toEqual(new Set(['expired']))
    expect([...store.keys()]).toEqual(['one'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('lets a listener use the store', () => {
    const clock = fakeClock()
    const store = new BoundedStore(parseOptions({ maxEntries: 10, clock }))
    let answers = 0
    store.onEvict = (key) => {
      checkInvariants(store)
      if (answers++ > 2_000) return
      store.set(key, entryOf(1, clock, 60_000))
      store.delete(`key:${answers % 50}`)
      if (answers % 500 === 0) store.clear()
    }

    for (let index = 0; index < 1_000; index++) store.set(`key:${index}`, entryOf(1, clock, 60_000))

    expect(answers).toBeGreaterThan(1_000)
    checkInvariants(store)
  })
})
