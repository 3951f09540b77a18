import { describe, expect, it } from 'vitest'
import { checkFaults, faultNames } from '../src/faults/index.ts'

const naive = new URL('faults/naive-subject.ts', import.meta.url)

describe('the fault matrix', () => {
  it('finds nothing wrong with a naive cache while nothing fails, and much when connections are refused', async () => {
    const [calm, refused] = await checkFaults({ module: naive, rows: ['none', 'refused'], seed: 1 })

    expect(calm!.verdict.complaints).toEqual([])
    expect(refused!.run?.proof).toEqual(expect.stringContaining('ECONNREFUSED'))
    expect(refused!.verdict.failed).toContain('getOrSet')
    expect(refused!.isKept).toBe(false)
  }, 120_000)

  it('knows no fault by another name', async () => {
    await expect(checkFaults({ module: naive, rows: ['earthquake'] })).rejects.toThrow('There is no fault "earthquake"')
  })

  it('names each fault once', () => {
    expect(new Set(faultNames).size).toBe(faultNames.length)
  })
})
