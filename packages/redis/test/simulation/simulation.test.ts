import { describe, expect, it } from 'vitest'
import { runInThreads } from './run-in-threads.ts'

describe('the protocol in a simulated world', () => {
  it('keeps the promise of an acknowledged invalidation, whatever the seed (CI plays ten thousand more)', async () => {
    const report = await runInThreads({ from: 1, count: 500 })

    expect(report.failures).toEqual([])
    expect(report.reads).toBeGreaterThan(25_000)
    expect(report.invalidations).toBeGreaterThan(2_500)
  }, 240_000)
})
