import { describe, expect, it } from 'vitest'
import { carriedOver } from './carry.ts'
import type { Cover, InvalidationRecord } from './record.ts'

function invalidation(worker: number, covers: readonly Cover[], isApplied = true): InvalidationRecord {
  return { type: 'invalidation', worker, path: 'delete', covers, issue: 1, ack: 2, isApplied }
}

describe('carriedOver', () => {
  it('keeps the newest version of each key and process, applied and queued apart', () => {
    const carried = carriedOver([
      invalidation(1, [
        { key: 'a', version: 2 },
        { key: 'b', version: 5 },
      ]),
      invalidation(1, [{ key: 'a', version: 3 }]),
      invalidation(1, [{ key: 'a', version: 2 }]),
      invalidation(1, [{ key: 'a', version: 4 }], false),
      invalidation(2, [{ key: 'a', version: 1 }]),
    ])

    expect(carried.map(({ worker, isApplied, covers }) => [worker, isApplied, ...covers])).toEqual([
      [1, true, { key: 'a', version: 3 }],
      [1, true, { key: 'b', version: 5 }],
      [1, false, { key: 'a', version: 4 }],
      [2, true, { key: 'a', version: 1 }],
    ])
  })
})
