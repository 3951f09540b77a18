import { pathToFileURL } from 'node:url'
import { checkHistory, historyFaults } from '@holdfast/testing/history'
import { describe, expect, it } from 'vitest'

const cacheModule = pathToFileURL(`${import.meta.dirname}/cache-module.ts`)

// A sample of what `pnpm --filter @holdfast/testing history` does for minutes.
describe('a history of several processes', () => {
  it('keeps the promise of an acknowledged invalidation through faults', async () => {
    const report = await checkHistory({ cacheModule, seconds: 8, roundSeconds: 8, workers: 3, faults: historyFaults })

    expect(report.complaint).toBe('')
    expect(report.reads).toBeGreaterThan(1_000)
    expect(report.invalidations).toBeGreaterThan(50)
  }, 60_000)

  it('keeps it for values that are set, where each key has one writer', async () => {
    const report = await checkHistory({ cacheModule, seconds: 3, workers: 2, faults: ['killConnections'], mode: 'set' })

    expect(report.complaint).toBe('')
    expect(report.operations.get('set')).toBeGreaterThan(10)
  }, 60_000)
})
