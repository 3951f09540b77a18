import { describe, expect, it } from 'vitest'
import type { FaultResult } from './check-faults.ts'
import { faultTable } from './fault-table.ts'
import { faultRows } from './rows/all.ts'

const result = (name: string, longestMs: number): FaultResult => ({
  row: faultRows.find((row) => row.name === name)!,
  run: undefined,
  verdict: { complaints: [], failed: new Set(['set'] as const), longestMs },
  naive: ['get: 1 of 2 failed (a | b)'],
  isKept: false,
  isVacuous: false,
})

describe('the table of faults', () => {
  it('has a row for each fault and a column for each operation', () => {
    const [head, , row, ...rest] = faultTable([result('frozen', 103.4)]).split('\n')

    expect(head!.split(' | ')).toHaveLength(12)
    expect(row).toBe(
      '| **frozen**: SIGSTOP for 5 s | ✓ | ✓ | ✓ | ✓ | ✗ | ✓ | ✓ | ✓ | 103 ms | ✗ | fails: get: 1 of 2 failed (a \\| b) |',
    )
    expect(rest).toEqual([])
  })

  it('keeps the rows of a former one that are not newer, in one order', () => {
    const former = faultTable([result('frozen', 1), result('FLUSHALL', 2)])

    const lines = faultTable([result('refused', 3), result('frozen', 4)], former)
      .split('\n')
      .slice(2)

    expect(lines.map((line) => [/\*\*(.*)\*\*/.exec(line)![1], / (\d+) ms /.exec(line)![1]])).toEqual([
      ['refused', '3'],
      ['frozen', '4'],
      ['FLUSHALL', '2'],
    ])
  })
})
