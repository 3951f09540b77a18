import { describe, expect, it } from 'vitest'
import { slotOf } from './slot.ts'

describe('slotOf', () => {
  // What CLUSTER KEYSLOT of Redis 7.0.15 answers; `test/cluster.test.ts` asks for many more.
  it.each([
    ['123456789', 12_739],
    ['foo', 12_182],
    ['{foo}bar', 12_182],
    ['foo{}{bar}', 8_363],
    ['foo{{bar}}zap', 4_015],
    ['foo{bar}{zap}', 5_061],
    ['', 0],
  ])('counts %s as Redis does', (key, slot) => {
    expect(slotOf(key)).toBe(slot)
  })
})
