import { describe, expect, it } from 'vitest'
import type { History } from './history.ts'
import { judge, type Verdict } from './judge.ts'
import type { FinalRead, InvalidationRecord, ReadRecord } from './record.ts'

const limits = { maxStalenessMs: 1_000 }

function read(worker: number, start: number, version: number, key = 'k'): ReadRecord {
  return { type: 'read', worker, key, start, end: start + 1, version, valueKey: key, path: 'getOrSet' }
}

function invalidation(worker: number, ack: number, version: number, isApplied = true): InvalidationRecord {
  const covers = [{ key: 'k', version }]
  return { type: 'invalidation', worker, path: 'delete', covers, issue: ack - 2, ack, isApplied }
}

function final(worker: number, version: number, truth: number): FinalRead {
  return { ...read(worker, 1_000_000, version), truth }
}

function verdictOf(history: Partial<History>): Verdict {
  return judge(historyOf(history), limits)
}

function historyOf(history: Partial<History>): History {
  return {
    reads: [],
    invalidations: [],
    loads: [],
    failures: [],
    stalls: [],
    cutOffs: [],
    faults: [],
    final: [],
    ...history,
  }
}

describe('judge', () => {
  it('finds nothing in a history that keeps the promise', () => {
    const verdict = verdictOf({
      invalidations: [invalidation(1, 100, 2), invalidation(2, 200, 3), invalidation(1, 300, 4, false)],
      reads: [
        read(1, 50, 1),
        // Began before the acknowledgement: may be either.
        read(1, 99.9, 1),
        read(1, 101, 2),
        read(2, 120, 1),
        read(2, 201, 3),
        read(1, 240, 2),
        read(1, 260, 3),
        // Queued: another process cannot know of it.
        read(2, 9_000, 3),
        read(1, 301, 4),
        read(2, 500, 1, 'another key'),
        // A miss is never wrong.
        { ...read(1, 600, 0), version: undefined, valueKey: undefined },
      ],
      final: [final(1, 4, 4)],
    })

    expect(verdict.counts).toEqual({ LOCAL: 0, REMOTE: 0, FOREIGN: 0, LASTING: 0, FAILURE: 0 })
    expect(verdict.reads).toBe(11)
    expect([verdict.lateness.count, verdict.lateness.maxMs]).toEqual([2, 40])
    expect(verdict.latenessInFaults.count).toBe(0)
  })

  it('finds a read that misses an invalidation of its own process, however little later', () => {
    const verdict = verdictOf({ invalidations: [invalidation(1, 100, 2)], reads: [read(1, 100.001, 1)] })

    expect(verdict.counts).toMatchObject({ LOCAL: 1, REMOTE: 0 })
  })

  it('excuses no process for its own invalidation: queued, in a fault, or after a stall', () => {
    const verdict = verdictOf({
      invalidations: [invalidation(1, 100, 2, false)],
      reads: [read(1, 150, 1)],
      stalls: [{ type: 'stall', worker: 1, start: 90, end: 149 }],
      faults: [{ name: 'freeze', start: 0, end: 1_000 }],
    })

    expect(verdict.counts.LOCAL).toBe(1)
  })

  it('finds a read that misses an older invalidation, though later ones were of older versions', () => {
    const verdict = verdictOf({
      invalidations: [invalidation(1, 100, 5), invalidation(1, 200, 4)],
      reads: [read(1, 300, 4)],
    })

    expect(verdict.counts.LOCAL).toBe(1)
    expect(verdict.violations[0]).toMatchObject({ missed: { version: 5 }, lateMs: 200 })
  })

  it("finds a read that misses another's invalidation for longer than an announcement takes", () => {
    const invalidations = [invalidation(2, 100, 2)]

    expect(verdictOf({ invalidations, reads: [read(1, 149, 1)] }).counts.REMOTE).toBe(0)
    expect(verdictOf({ invalidations, reads: [read(1, 151, 1)] }).counts.REMOTE).toBe(1)
  })

  it('measures lateness from the first invalidation that was missed', () => {
    const verdict = verdictOf({
      invalidations: [invalidation(2, 100, 2), invalidation(2, 140, 3)],
      reads: [read(1, 160, 1)],
    })

    expect(verdict.violations[0]).toMatchObject({ type: 'REMOTE', lateMs: 60, limitMs: 50 })
  })

  it("adds the reader's own stalls, and no others", () => {
    const invalidations = [invalidation(2, 100, 2)]
    const stall = (worker: number) => [{ type: 'stall', worker, start: 90, end: 160 } as const]
    const count = (worker: number): number =>
      verdictOf({ invalidations, reads: [read(1, 205, 1)], stalls: stall(worker) }).counts.REMOTE

    expect([count(1), count(2)]).toEqual([0, 1])
  })

  it('allows maxStaleness and a little through a fault, and to a reader that knows it is cut off, and no more', () => {
    const invalidations = [invalidation(2, 2_000, 2)]
    const faults = [{ name: 'kill', start: 500, end: 2_500 }]
    const cutOffs = [{ type: 'cutOff', worker: 1, start: 1_900, end: 2_100 } as const]
    const count = (start: number, excuse: Partial<History>): number =>
      verdictOf({ invalidations, reads: [read(1, start, 1)], ...excuse }).counts.REMOTE

    expect([count(3_299, { faults }), count(3_301, { faults })]).toEqual([0, 1])
    expect([count(3_299, { cutOffs }), count(3_301, { cutOffs })]).toEqual([0, 1])
    expect(count(3_000, { cutOffs: [{ ...cutOffs[0]!, worker: 2 }] })).toBe(1)
  })

  it('bounds a process that was stopped by maxStaleness, however long it stood still', () => {
    const stopped = {
      invalidations: [invalidation(2, 2_000, 2)],
      stalls: [{ type: 'stall', worker: 1, start: 1_900, end: 3_400 } as const],
      faults: [{ name: 'stopWorker', start: 1_900, end: 4_400 }],
    }

    expect(verdictOf({ ...stopped, reads: [read(1, 3_401, 1)] }).counts.REMOTE).toBe(1)
    expect(verdictOf({ ...stopped, reads: [read(1, 3_401, 2)] }).counts.REMOTE).toBe(0)
  })

  it('counts lateness that touches a fault apart', () => {
    const verdict = verdictOf({
      invalidations: [invalidation(2, 2_000, 2)],
      reads: [read(1, 2_010, 1), read(1, 2_400, 1)],
      faults: [{ name: 'kill', start: 2_200, end: 2_300 }],
    })

    expect([verdict.lateness.maxMs, verdict.latenessInFaults.maxMs]).toEqual([10, 400])
  })

  it('finds values of other keys, calls that failed, and what stays wrong', () => {
    const verdict = verdictOf({
      reads: [{ ...read(1, 1, 1), valueKey: 'other' }],
      failures: [{ type: 'failure', worker: 1, path: 'delete', start: 1, end: 2, error: 'no' }],
      final: [final(1, 3, 4), final(2, 4, 4)],
    })

    expect(verdict.counts).toEqual({ LOCAL: 0, REMOTE: 0, FOREIGN: 1, LASTING: 1, FAILURE: 1 })
  })
})
