import { describe, expect, it } from 'vitest'
import { CounterTable } from './counters.ts'

describe('CounterTable', () => {
  it('counts a namespace in one place, whoever opens it', () => {
    const table = new CounterTable()
    table.of('session').sets++
    table.of('session').sets++

    expect(table.sum('session').sets).toBe(2)
  })

  it('sums up what is nested, and everything for the cache', () => {
    const table = new CounterTable()
    table.of('').memoryHits = 1
    table.of('a').memoryHits = 10
    table.of('a/b').memoryHits = 100
    table.of('ab').memoryHits = 1_000
    table.of('a/b').loadLatency.record(7)

    expect(['', 'a', 'a/b', 'ab'].map((name) => table.sum(name).memoryHits)).toEqual([1_111, 110, 100, 1_000])
    expect(table.sum('').loadLatency.summary()).toMatchObject({ count: 1, maxMs: 7 })
  })

  it('counts namespaces beyond the first thousand together, so that it stays small', () => {
    const table = new CounterTable()
    table.of('')
    for (let index = 0; index < 2_000; index++) table.of(`tenant-${index}`).loads++

    expect(table.sum('').loads).toBe(2_000)
    expect(table.sum('tenant-0').loads).toBe(1)
    expect(table.sum('tenant-999').loads).toBe(1)
    expect(table.sum('tenant-1000').loads).toBe(1_000)
    expect(table.of('tenant-1500')).toBe(table.of('tenant-1999'))
  })
})
