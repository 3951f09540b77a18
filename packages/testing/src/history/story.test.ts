import { describe, expect, it } from 'vitest'
import type { History } from './history.ts'
import { judge } from './judge.ts'
import type { InvalidationRecord, LoadRecord, ReadRecord } from './record.ts'
import { shortestStory } from './story.ts'

function read(worker: number, start: number, version: number, key = 'k', path = 'get'): ReadRecord {
  return { type: 'read', worker, key, start, end: start + 1, version, valueKey: key, path }
}

function load(worker: number, end: number, version: number, key = 'k'): LoadRecord {
  return { type: 'load', worker, key, start: end - 10, end, version }
}

function invalidation(worker: number, ack: number, version: number, key = 'k'): InvalidationRecord {
  const covers = [{ key, version }]
  return { type: 'invalidation', worker, path: `delete ${key}`, covers, issue: ack - 2, ack, isApplied: true }
}

function storyOf(history: Partial<History>): readonly string[] {
  const whole = {
    reads: [],
    invalidations: [],
    loads: [],
    failures: [],
    stalls: [],
    cutOffs: [],
    faults: [],
    final: [],
  }
  const full: History = { ...whole, ...history }
  return shortestStory(full, judge(full, { maxStalenessMs: 1_000 }).violations)
}

describe('shortestStory', () => {
  it('tells of a missed invalidation from the last load of the old version to the read, and leaves out the rest', () => {
    const story = storyOf({
      loads: [load(1, 50, 1), load(2, 110, 1), load(1, 300, 2), load(1, 111, 1, 'other')],
      invalidations: [invalidation(1, 105, 2), invalidation(1, 500, 3), invalidation(2, 106, 9, 'other')],
      reads: [read(1, 60, 1), read(1, 108, 2), read(1, 120, 1), read(1, 130, 1), read(2, 125, 1)],
      faults: [{ name: 'freeze', start: 0, end: 20 }],
    })

    expect(story).toEqual([
      'LOCAL: worker 1 read version 1 of k 15.00 ms after version 2 was acknowledged to worker 1 (limit 0 ms)',
      '       0.000 ms  worker 2 begins to load',
      '       3.000 ms  worker 1 issues delete k; the truth is at version 2',
      '       5.000 ms  worker 1 has delete k acknowledged',
      '       9.000 ms  worker 1 gets version 2 (get)',
      '      10.000 ms  worker 2 has loaded version 1',
      '      20.000 ms  worker 1 calls get of k',
      '      21.000 ms  worker 1 gets version 1 (get)  ← LOCAL',
    ])
  })

  it('tells what stood in the way of a reader that missed the invalidation of another process', () => {
    const story = storyOf({
      invalidations: [invalidation(2, 100, 2)],
      reads: [read(1, 1_500, 1)],
      stalls: [
        { type: 'stall', worker: 1, start: 90, end: 290 },
        { type: 'stall', worker: 2, start: 90, end: 190 },
      ],
      cutOffs: [{ type: 'cutOff', worker: 1, start: 300, end: 310 }],
      faults: [{ name: 'freeze', start: 200, end: 2_000 }],
    })

    expect(story).toEqual([
      'REMOTE: worker 1 read version 1 of k 1400.00 ms after version 2 was acknowledged to worker 2 (limit 1300 ms)',
      '       0.000 ms  worker 1 stands still for 200 ms',
      '       8.000 ms  worker 2 issues delete k; the truth is at version 2',
      '      10.000 ms  worker 2 has delete k acknowledged',
      '     110.000 ms  fault freeze begins',
      '     210.000 ms  worker 1 is cut off for 10 ms',
      '    1410.000 ms  worker 1 calls get of k',
      '    1411.000 ms  worker 1 gets version 1 (get)  ← REMOTE',
    ])
  })

  it('tells what stays wrong with what should have ended it', () => {
    const story = storyOf({
      loads: [load(2, 90, 1)],
      invalidations: [invalidation(2, 400, 3), invalidation(1, 300, 2)],
      final: [{ ...read(1, 2_000, 1), truth: 3 }],
    })

    expect(story).toEqual([
      'LASTING: worker 1 still reads version 1 of k, the truth is 3',
      '       0.000 ms  worker 2 begins to load',
      '      10.000 ms  worker 2 has loaded version 1',
      '     318.000 ms  worker 2 issues delete k; the truth is at version 3',
      '     320.000 ms  worker 2 has delete k acknowledged',
      '    1920.000 ms  worker 1 calls get of k',
      '    1921.000 ms  worker 1 gets version 1 (get)  ← LASTING',
    ])
  })

  it('tells of a value of another key, and of a call that failed, with the fault that it met', () => {
    const faults = [{ name: 'freeze', start: 0, end: 20 }]

    expect(storyOf({ reads: [{ ...read(1, 10, 1), valueKey: 'm' }], faults })).toEqual([
      'FOREIGN: worker 1 read k and got a value of m',
      '       0.000 ms  fault freeze begins',
      '      10.000 ms  worker 1 calls get of k',
      '      11.000 ms  worker 1 gets version 1 (get)  ← FOREIGN',
    ])
    expect(
      storyOf({ failures: [{ type: 'failure', worker: 1, path: 'delete k', start: 10, end: 12, error: 'no' }] }),
    ).toEqual([
      'FAILURE: worker 1, delete k: no',
      '       0.000 ms  worker 1 calls delete k',
      '       2.000 ms  worker 1 gets no  ← FAILURE',
    ])
  })

  it('chooses the shortest of several', () => {
    const story = storyOf({
      loads: [load(1, 90, 1)],
      invalidations: [invalidation(1, 100, 2), invalidation(1, 100, 2, 'm')],
      reads: [read(1, 110, 1), read(1, 900, 1, 'm')],
    })

    expect(story).toHaveLength(5)
    expect(story[0]).toContain('version 1 of m')
  })

  it('has nothing to tell when nothing is wrong', () => {
    expect(storyOf({ reads: [read(1, 1, 1)] })).toEqual([])
  })
})
