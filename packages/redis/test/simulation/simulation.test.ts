import { describe, expect, it } from 'vitest'
import { runInThreads } from './run-in-threads.ts'

describe('the protocol in a simulated world', () => {
  it('keeps the promise of an acknowledged invalidation for ten thousand seeds', async () => {
    const report = await runInThreads({ from: 1, count: 10_000 })

    expect(report.failures).toEqual([])
    expect(report.reads).toBeGreaterThan(500_000)
    expect(report.invalidations).toBeGreaterThan(50_000)
  }, 240_000)
})
