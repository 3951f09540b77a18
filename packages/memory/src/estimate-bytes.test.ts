import type { Entry } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { estimateBytes } from './estimate-bytes.ts'

function entryOf(value: unknown, tags: readonly string[] = []): Entry {
  return { value, createdAt: 0, staleAt: 1, expiresAt: 1, tags }
}

const estimateOf = (value: unknown): number => estimateBytes('key', entryOf(value))

/** What one more value takes, beside an entry of nothing. */
function weightOf(value: unknown): number {
  return estimateOf(value) - estimateOf(undefined)
}

const row = (i: number): object => ({ id: i, name: `name ${i} of a lead`, score: i + 0.5, tags: [`t${i}`, 'x'] })
const many = <T>(length: number, make: (i: number) => T): T[] => Array.from({ length }, (_, i) => make(i))

describe('the estimated bytes of a value', () => {
  // That they are near what the heap grows by is seen in a process of its own: bench/test/estimate.test.ts.
  it.each<[string, (length: number) => unknown]>([
    ['a text', (length) => 'x'.repeat(100 * length)],
    ['bytes', (length) => new Uint8Array(100 * length)],
    ['a buffer', (length) => new ArrayBuffer(100 * length)],
    ['a list', (length) => many(length, row)],
    ['a list of lists', (length) => many(length, () => many(20, row))],
    ['a dictionary', (length) => Object.fromEntries(many(length, (i) => [`key ${i}`, row(i)]))],
    ['a Map', (length) => new Map(many(length, (i) => [`key ${i}`, row(i)]))],
    ['a Set', (length) => new Set(many(length, row))],
    ['dates', (length) => many(length, (i) => new Date(i))],
    ['big integers', (length) => many(length, (i) => BigInt(i))],
  ])('grow as it does, also where only some members are looked at: %s', (_, make) => {
    const [few, more] = [weightOf(make(50)), weightOf(make(5_000))]

    expect(few).toBeGreaterThan(50 * 16)
    expect(more / few).toBeGreaterThan(80)
    expect(more / few).toBeLessThan(120)
  })

  it('grow with its key and its tags', () => {
    const plain = estimateBytes('key', entryOf('value'))

    expect(estimateBytes('k'.repeat(1_000), entryOf('value')) - plain).toBeGreaterThan(900)
    expect(estimateBytes('key', entryOf('value', ['a', 'b'])) - plain).toBe(48)
  })

  it('count what contains itself, or is shared below, once and no more', () => {
    const text = 'x'.repeat(1_000)
    const shared = { text }
    const deep = { a: { b: { c: [many(10, () => shared)] } } }
    const circle: { text: string; self?: unknown } = { text }
    circle.self = circle

    expect(weightOf(deep)).toBeLessThan(2_000)
    expect(weightOf(circle)).toBeLessThan(10_000)
  })

  it('are found with few looks, however large it is', () => {
    let looks = 0
    const tree = (depth: number): object => {
      const node = {}
      for (let i = 0; i < 64; i++) {
        Object.defineProperty(node, `child ${i}`, {
          enumerable: true,
          get: () => {
            looks += 1
            return depth === 0 ? 'leaf' : tree(depth - 1)
          },
        })
      }
      return node
    }
    const all = [tree(3), new Map(many(100_000, (i) => [i, i])), new Set(many(100_000, (i) => i)), many(100_000, row)]

    for (const value of all) expect(weightOf(value)).toBeGreaterThan(100_000)

    expect(looks).toBeLessThan(1_000_000)
  })
})
