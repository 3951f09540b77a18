import { checkFaults } from '@holdfast/testing/faults'
import { describe, expect, it } from 'vitest'

// A handful of rows; every one is played by `pnpm faults`.
describe('a cache with default settings', () => {
  it.each([
    'refused',
    'half-open socket',
    'killed and restarted from its file',
    'full (maxmemory, noeviction)',
    'primary killed',
    'slot migrating',
    'CLUSTERDOWN',
    'Sentinel failover',
  ])(
    'keeps its promises: %s',
    async (name) => {
      const [result] = await checkFaults({ module: new URL('fault-subject.ts', import.meta.url), rows: [name] })

      expect(result!.run?.proof).toEqual(expect.any(String))
      expect(result!.verdict.complaints).toEqual([])
    },
    120_000,
  )
})
