import { describe, expect, it } from 'vitest'
import { KeyRing } from '../src/dashboard/key-ring.ts'

/** Numbers from 0 to 1, the same each time. */
function numbers(): () => number {
  let state = 42
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647
}

describe('KeyRing', () => {
  it('counts exactly while everything fits', () => {
    const ring = new KeyRing(100, 30)
    for (let time = 0; time < 30; time++) ring.see('a', '', 10)
    for (let time = 0; time < 20; time++) ring.see('b', 'n', time)
    ring.see('b', '')

    expect(ring.top(2)).toEqual([
      { namespace: '', key: 'a', times: 30, mean: 10 },
      { namespace: 'n', key: 'b', times: 20, mean: 9.5 },
    ])
    expect([ring.total(), ring.stride]).toEqual([51, 1])
  })

  it('forgets what was seen before the window', () => {
    const ring = new KeyRing(100, 3)
    ring.see('old', '')
    for (let tick = 0; tick < 2; tick++) ring.tick()
    ring.see('new', '')
    expect(ring.top(9).map(({ key }) => key)).toEqual(['old', 'new'])
    ring.tick()

    expect(ring.top(9).map(({ key }) => key)).toEqual(['new'])
  })

  it('remembers one in so many where there are more, and finds the hot ones all the same', () => {
    const random = numbers()
    const ring = new KeyRing(4_096, 30, random)
    const pick = (): string =>
      random() < 0.3 ? 'hot' : random() < 0.2 ? 'warm' : `cold:${Math.floor(random() * 100_000)}`
    for (let tick = 0; tick < 60; tick++) {
      for (let read = 0; read < 20_000; read++) ring.see(pick(), '')
      ring.tick()
    }
    const [first, second] = ring.top(2)

    expect(ring.stride).toBeGreaterThan(100)
    expect([first!.key, second!.key]).toEqual(['hot', 'warm'])
    expect(Math.abs(first!.times / ring.total() - 0.3)).toBeLessThan(0.03)
    expect(Math.abs(second!.times / ring.total() - 0.14)).toBeLessThan(0.03)
    // The window holds 30 ticks, the one under way included.
    expect(Math.abs(ring.total() / (29 * 20_000) - 1)).toBeLessThan(0.1)
  })

  it('is not fooled by reads that come in a rhythm', () => {
    const ring = new KeyRing(256, 10, numbers())
    for (let tick = 0; tick < 40; tick++) {
      for (let read = 0; read < 1_000; read++) ring.see(`key:${read % 4}`, '')
      ring.tick()
    }

    const shares = ring.top(9).map(({ times }) => times / ring.total())
    expect(shares).toHaveLength(4)
    for (const share of shares) expect(Math.abs(share - 0.25)).toBeLessThan(0.12)
  })

  it('keeps nothing of a key that is very long', () => {
    const ring = new KeyRing(10, 10)
    ring.see('x'.repeat(16_000), '')

    expect(ring.top(1)[0]!.key).toBe('(keys longer than 512 characters)')
  })
})
