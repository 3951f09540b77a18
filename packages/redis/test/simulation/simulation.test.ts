import { describe, expect, it } from 'vitest'
import { runInThreads } from './run-in-threads.ts'

describe('the protocol in a simulated world', () => {
  it('keeps the promise of an acknowledged invalidation, whatever the seed (CI plays ten thousand more)', async () => {
    const report = await runInThreads({ from: 1, count: 2_000 })

    expect(report.failures).toEqual([])
    expect(report.reads).toBeGreaterThan(100_000)
    expect(report.invalidations).toBeGreaterThan(10_000)
  }, 240_000)
})
