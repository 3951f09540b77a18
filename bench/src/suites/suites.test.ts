import { describe, expect, it } from 'vitest'

import { UsageError } from '../exit.ts'
import { peerNames } from '../peers/registry.ts'
import { catalog, selectCases } from './catalog.ts'
import { awaited, crowded, inFlight, type Loop, synchronous } from './loops.ts'
import { makeKeys, makeRows, makeRowsOfBytes } from './payloads.ts'

const stableIds = [
  'memory.get',
  'memory.getOrSet',
  'redis.get',
  'redis.get64',
  'redis.getMany100',
  'tiered.getOrSet',
  'tags.invalidate',
  'stampede.load',
  'http.hit',
]

describe('catalog', () => {
  it('keeps the ids that reports and filters rely on', () => {
    const ids = catalog.map(({ id }) => id)

    expect(ids).toEqual(expect.arrayContaining(stableIds))
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('names its baseline, what is gated and both sides of each goal among its contenders', () => {
    for (const { id, baseline, contenders, gated, goals = [] } of catalog) {
      const named = [
        baseline,
        ...(gated === undefined ? [] : [gated]),
        ...goals.flatMap(({ ours, against }) => [ours, against]),
      ]
      expect({ id, contenders }).toEqual({ id, contenders: expect.arrayContaining(named) })
    }
  })

  it('names peers that there are', () => {
    const cacheCases = catalog.filter(
      ({ id }) => !/^serialize\.(encode|decode|small|row)$|^memory\.store|^http\./.test(id),
    )
    for (const { contenders } of cacheCases) {
      for (const name of contenders) expect(peerNames).toContain(name.split(' ', 1)[0])
    }
  })

  it('stays within the family that fifteen processes can decide', () => {
    const gated = catalog.filter((bench) => bench.gated !== undefined)

    expect(gated.length * 2).toBeLessThanOrEqual(65)
  })

  it('selects by exact id and by glob, and refuses what matches nothing', () => {
    expect(selectCases(['memory.get']).map(({ id }) => id)).toEqual(['memory.get'])
    expect(selectCases(['redis.get*']).map(({ id }) => id)).toEqual([
      'redis.get',
      'redis.get64',
      'redis.get512',
      'redis.getMany100',
    ])
    expect(() => selectCases(['nothing.*'])).toThrow(UsageError)
  })
})

describe('loops', () => {
  const loops: readonly [name: string, make: (operation: (key: string) => unknown) => Loop][] = [
    ['synchronous', (operation) => synchronous(operation, makeKeys(4), (result) => result !== undefined)],
    ['awaited', (operation) => awaited(operation, makeKeys(4), (result) => result !== undefined)],
    ['in flight', (operation) => inFlight(operation, makeKeys(4), (result) => result !== undefined, 3)],
    ['crowded', (operation) => crowded(operation, (result) => result !== undefined, 3)],
  ]

  it.each(loops)('%s: run as many operations as asked for', async (_name, make) => {
    let calls = 0
    const run = make(() => ++calls)

    await run(12)
    await run(6)

    expect(calls).toBe(18)
  })

  it.each(loops)('%s: fail when an operation stops hitting', async (_name, make) => {
    let calls = 0
    const run = make(() => (++calls > 5 ? undefined : calls))

    await expect((async () => run(12))()).rejects.toThrow('Expected a hit in every operation')
  })

  it('in flight: never more under way than asked for, and as many', async () => {
    let underWay = 0
    let most = 0
    const run = inFlight(
      async () => {
        most = Math.max(most, ++underWay)
        await Promise.resolve()
        underWay--
        return true
      },
      makeKeys(4),
      Boolean,
      5,
    )

    await run(40)

    expect(most).toBe(5)
  })

  it('crowded: a key that was never used before for each crowd', async () => {
    const seen: string[] = []
    const run = crowded((key) => seen.push(key), Boolean, 2)

    await run(4)

    expect(seen).toEqual(['cold:0', 'cold:0', 'cold:1', 'cold:1'])
  })
})

describe('payloads', () => {
  it('are the same every time, and about as large as they say', () => {
    expect(makeRows(50)).toEqual(makeRows(50))
    expect(JSON.stringify(makeRows(1)[0]).length).toBeGreaterThan(150)
    expect(Math.abs(JSON.stringify(makeRowsOfBytes(10_000)).length - 10_000)).toBeLessThan(600)
  })
})
