import type { Entry } from '@holdfast/core'
import { describe, expect, it } from 'vitest'

import { KeyHash, randomNumbers } from '../src/key-hash.ts'
import { BoundedStore } from '../src/memory-store.ts'
import { parseOptions } from '../src/options.ts'
import { checkInvariants } from './invariants.ts'
import { randomOf } from './traces.ts'

const entry: Entry = { value: 1, createdAt: 0, staleAt: 8e15, expiresAt: 8e15, tags: [] }
const hot = Array.from({ length: 800 }, (_, index) => `hot:${index}`)

function hashOf(seed: number): KeyHash {
  const random = randomOf(seed)
  return new KeyHash(Int32Array.from({ length: randomNumbers }, () => random() * 2 ** 32))
}

function request(store: BoundedStore, key: string): boolean {
  if (store.get(key) !== undefined) return true
  store.set(key, entry)
  return false
}

/** The share of hot keys that are hits while strangers are asked for, four between two hot ones. */
function hitsAmong(store: BoundedStore, strangers: Iterable<string>): number {
  for (let round = 0; round < 5; round++) for (const key of hot) request(store, key)
  let asked = 0
  let hits = 0
  let at = 0
  for (const key of strangers) {
    request(store, key)
    if (at++ % 4 !== 0) continue
    asked++
    if (request(store, hot[asked % hot.length]!)) hits++
  }
  checkInvariants(store)
  return hits / asked
}

describe('the keyed hash', () => {
  it('does not collide on the words of Thue and Morse, which no polynomial tells apart', () => {
    for (let seed = 0; seed < 50; seed++) {
      const hash = hashOf(seed)
      let [word, other] = ['a', 'b']
      for (let order = 0; order < 11; order++) {
        expect(hash.of(word), `length ${word.length}`).not.toBe(hash.of(other))
        ;[word, other] = [word + other, other + word]
      }
    }
  })

  it('tells apart what differs in one unit, in its high byte alone, in its order or in its length', () => {
    const families = [
      Array.from({ length: 256 }, (_, high) => `key:${String.fromCharCode(high << 8)}`),
      Array.from({ length: 256 }, (_, high) => `key${String.fromCharCode(high << 8)}:`),
      ['abc', 'acb', 'bac', 'bca', 'cab', 'cba', '', '\0', '\0\0', '\0\0\0'],
    ]
    for (const keys of families) {
      const pairs = Array.from({ length: 20 }, (_, seed) => new Set(keys.map((key) => hashOf(seed).of(key))).size)
      expect(Math.min(...pairs)).toBeGreaterThanOrEqual(keys.length - 1)
    }
  })

  it('spreads the keys that collide under one seed evenly under another', () => {
    const known = hashOf(1)
    const chosen: string[] = []
    for (let index = 0; chosen.length < 2_048; index++) {
      if ((known.of(`k:${index}`) & 63) === 0) chosen.push(`k:${index}`)
    }

    const cells = new Uint16Array(64)
    const other = hashOf(2)
    for (const key of chosen) cells[other.of(key) & 63]!++

    // 32 are expected in each; all 2,048 would lie in one.
    expect(Math.max(...cells)).toBeLessThan(70)
  })
})

describe('memoryStore under hostile keys', () => {
  it('keeps what is asked for through a million keys that are asked for once', { timeout: 60_000 }, () => {
    const store = new BoundedStore(parseOptions({ maxEntries: 1_000 }), hashOf(3))
    const once = function* (): Iterable<string> {
      for (let index = 0; index < 1_000_000; index++) yield `once:${index}`
    }

    const share = hitsAmong(store, once())

    expect(share).toBeGreaterThan(0.9)
    expect(store.size).toBe(1_000)
  })

  it('keeps it through keys that collide with it under a seed which it does not have', () => {
    const known = hashOf(1)
    const blocks = new Set(hot.slice(0, 4).map((key) => known.of(key) & 127))
    const strangers: string[] = []
    for (let index = 0; strangers.length < 20_000; index++) {
      if (blocks.has(known.of(`k:${index}`) & 127)) strangers.push(`k:${index}`)
    }

    const share = hitsAmong(new BoundedStore(parseOptions({ maxEntries: 1_000 }), hashOf(2)), strangers)
    // Whom the seed is known to can fill four blocks of the sketch, and does no more harm than that.
    const underKnown = hitsAmong(new BoundedStore(parseOptions({ maxEntries: 1_000 }), known), strangers)

    expect(share).toBeGreaterThan(0.9)
    expect(underKnown).toBeGreaterThan(0.5)
  })

  it('stays within its bytes whatever wins: large strangers between small hot ones', () => {
    const store = new BoundedStore(
      parseOptions({ maxBytes: 10_000, weigh: (key) => (key.startsWith('big') ? 2_000 : 10) }),
      hashOf(3),
    )
    const big = Array.from({ length: 20_000 }, (_, index) => `big:${index}`)

    const share = hitsAmong(store, big)

    expect(store.bytes).toBeLessThanOrEqual(10_000)
    expect(share).toBeGreaterThan(0.9)
  })
})
