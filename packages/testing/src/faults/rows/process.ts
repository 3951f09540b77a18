import type { FaultRow } from '../row.ts'
import { proven } from '../stage.ts'

const hourMs = 3_600_000

/** Faults of the application's own process. */
export const processRows: readonly FaultRow[] = [
  {
    name: 'clock steps by an hour',
    how: '`Date` an hour ahead for 1.5 s, then an hour behind',
    async play(stage) {
      for (const ms of [hourMs, -hourMs]) {
        for (const one of stage.applications) await one.call('stepClock', ms).catch(() => undefined)
        await stage.during(1_500)
      }
      await stage.subject.call('stepClock', 0)
      return '`Date` was two hours apart'
    },
  },
  {
    name: 'own event loop stalled',
    how: 'for 2 s',
    async play(stage) {
      const from = performance.now()
      await Promise.all([stage.subject.call('stall', 2_000), stage.during(3_000)])
      return proven(performance.now() - from >= 2_000, 'it stood still for 2 s')
    },
  },
]

/** No fault at all: what fails here is no fault's doing. */
export const calmRow: FaultRow = {
  name: 'none',
  how: 'for 3 s',
  async play(stage) {
    await stage.during(3_000)
    const seen = await stage.probe('PING')
    return proven(seen.outcome === 'answer', `a probe met ${seen.outcome}`)
  },
}
