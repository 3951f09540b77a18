import type { Entry } from '@holdfast/core'
import { fakeClock } from '@holdfast/testing'
import { describe, expect, it } from 'vitest'

import { BoundedStore } from '../src/memory-store.ts'
import { parseOptions } from '../src/options.ts'
import { Sketch } from '../src/sketch.ts'
import { Slots } from '../src/slots.ts'
import { Wheel } from '../src/wheel.ts'

/** What one `set` may look at. */
const mostLooks = 64

/** Work is counted, not timed: what one call does stays the same however much the store holds. */
describe('the work of one set', () => {
  it('is a few entries when a hundred thousand expire at once', () => {
    const clock = fakeClock()
    const store = new BoundedStore(parseOptions({ maxEntries: 100_000, clock }))
    let leftInOneSet = 0
    store.onEvict = () => void leftInOneSet++
    for (let index = 0; index < 100_000; index++) store.set(`old:${index}`, entryFor(clock.now(), 60_000))
    clock.stall(120_000)

    let most = 0
    for (let sets = 0; sets < 100_000 / mostLooks + 1; sets++) {
      leftInOneSet = 0
      store.set('new', entryFor(clock.now(), 60_000))
      most = Math.max(most, leftInOneSet)
    }

    expect(most).toBe(mostLooks)
    expect([...store.keys()]).toEqual(['new'])
  })

  it('is a few entries when coarse buckets of the wheel are dealt out', () => {
    let looks = 0
    const count = 20_000
    const hour = 3_600_000
    const slots = new Slots(count, false)
    const expiries = new Map<number, number>()
    const wheel = new Wheel(
      slots,
      0,
      (slot) => {
        looks++
        return expiries.get(slot)!
      },
      (slot) => void expiries.delete(slot),
    )
    for (let index = 0; index < count; index++) {
      const slot = slots.take()
      expiries.set(slot, 30 * hour + index * 100)
      wheel.add(slot, 30 * hour + index * 100)
    }

    let most = 0
    // Each entry is dealt out at every level it comes through.
    for (let turns = 0; expiries.size > 0 && turns < count; turns++) {
      looks = 0
      wheel.turn(40 * hour, mostLooks)
      most = Math.max(most, looks)
    }

    expect(most).toBe(mostLooks)
    expect(expiries.size).toBe(0)
  })

  it('copies one array at most while the store grows', () => {
    const slots = new Slots(50_000, true)
    const arrays = (): readonly unknown[] => [
      slots.links,
      slots.hash,
      slots.state,
      slots.weight,
      slots.wheel,
      slots.keys.length,
      slots.entries.length,
    ]

    let most = 0
    let before = arrays()
    for (let taken = 0; taken < 50_000; taken++) {
      slots.take()
      const after = arrays()
      most = Math.max(most, after.filter((array, at) => array !== before[at]).length)
      before = after
    }

    expect(most).toBe(1)
    expect(slots.capacity).toBe(50_000)
  })

  it('halves a part of the sketch when an age ends, and the rest with the next ones', () => {
    const entries = 65_536
    const sketch = new Sketch()
    sketch.widen(entries)
    // One hash for each block of 16 words; 2,048 words are halved at once.
    const blocks = Array.from({ length: (entries * 2) / 16 }, (_, block) => block)
    const countOf = (): number[] => blocks.map((block) => sketch.count(block))
    for (let round = 0; round < 4; round++) for (const block of blocks) sketch.add(block, entries)
    // The others go to the last block, which none of the ones looked at lies in.
    const last = blocks.pop()!
    for (let additions = 4 * (blocks.length + 1); additions < 10 * entries - 1; additions++) sketch.add(last, entries)
    expect(new Set(countOf())).toEqual(new Set([4]))

    let most = 0
    let before = countOf()
    for (let additions = 0; additions < (entries * 2) / 2_048; additions++) {
      sketch.add(last, entries)
      const after = countOf()
      most = Math.max(most, after.filter((count, at) => count < before[at]!).length)
      before = after
    }

    expect(most).toBe(2_048 / 16)
    expect(new Set(before)).toEqual(new Set([2]))
  })
})

function entryFor(now: number, ttlMs: number): Entry {
  return { value: 1, createdAt: now, staleAt: now + ttlMs, expiresAt: now + ttlMs, tags: [] }
}
