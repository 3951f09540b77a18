import { pathToFileURL } from 'node:url'
import { checkHistory, type HistoryFault } from '@holdfast/testing/history'
import { describe, expect, it } from 'vitest'

const moduleNamed = (name: string): URL => pathToFileURL(`${import.meta.dirname}/${name}`)

// Samples of what `pnpm --filter @holdfast/testing history --topology cluster` (or `sentinels`) does for minutes.
describe('a history', () => {
  it('on a cluster keeps the promise while primaries die and slots move', async () => {
    const faults: readonly HistoryFault[] = ['killPrimary', 'moveSlots', 'moveEpoch', 'killNodeSubscribers']
    const report = await checkHistory({
      cacheModule: moduleNamed('cache-module.ts'),
      topology: 'cluster',
      seconds: 10,
      roundSeconds: 10,
      workers: 3,
      faults,
    })

    expect(report.complaint).toBe('')
    expect(report.reads).toBeGreaterThan(300)
    expect(report.invalidations).toBeGreaterThan(20)
  }, 240_000)

  it('behind Sentinels keeps the promise while they fail over, and the old primary comes back', async () => {
    const report = await checkHistory({
      cacheModule: moduleNamed('cache-module.ts'),
      topology: 'sentinels',
      seconds: 8,
      roundSeconds: 8,
      workers: 2,
      faults: ['killWatched'],
    })

    expect(report.complaint).toBe('')
    expect(report.reads).toBeGreaterThan(300)
  }, 240_000)

  it.each([
    ['replica-read', []],
    ['one-session-for-all', ['killNodeSubscribers']],
  ] as const)(
    'finds a planted bug: %s',
    async (name, faults) => {
      const report = await checkHistory({
        cacheModule: moduleNamed(`planted/${name}.ts`),
        topology: 'cluster',
        seconds: 100,
        roundSeconds: 8,
        workers: 3,
        faults,
      })

      expect(report.counts.FAILURE).toBe(0)
      expect(report.violations).toBeGreaterThan(0)
    },
    240_000,
  )
})
