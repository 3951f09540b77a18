import { median } from '@holdfast/bench/stats/quantile'
import type { Reading } from '../app/meters.ts'
import { errorsOf, stalenessOf } from './measures.ts'
import type { Scenario } from './scenario.ts'

type Name = 'errors' | 'staleness' | 'heap growth' | 'resource growth'

/** The same for a long time. */
export const soak: Scenario<Name> = {
  name: 'soak',
  title: 'the same traffic for a long time: what the process holds does not grow',
  metrics: { errors: 'share', staleness: 'ages', 'heap growth': 'count', 'resource growth': 'count' },
  control: { title: 'a process that keeps every answer', mode: 'leaky', mustFail: ['heap growth'] },

  async run(stage) {
    const api = await stage.api({ redisUrl: (await stage.redis()).url, execArgv: ['--expose-gc'] })
    const workload = stage.workload('api')
    await stage.touchAll(api, workload)
    await using meters = stage.watch(api)
    const durationMs = stage.durationMs({ quick: 20_000, full: 600_000 })
    const { samples } = await stage.open('soak', { urls: [api.url], workload, rate: 150, durationMs })
    const readings = meters.readings.map(({ reading }) => reading)

    return {
      metrics: {
        errors: errorsOf(samples),
        staleness: stalenessOf(samples),
        'heap growth': { kind: 'count', value: Math.round(growth(readings, ({ heapBytes }) => heapBytes) / 1_024) },
        'resource growth': { kind: 'count', value: Math.round(growth(readings, ({ resources }) => resources)) },
      },
      notes: [
        `${samples.count} requests; growth of the heap in kilobytes, from the second fifth of the run to the last.`,
      ],
    }
  },
}

/** From the median of the second fifth of the readings to that of the last: the first warms up. */
function growth(readings: readonly Reading[], of: (reading: Reading) => number): number {
  const fifth = (index: number): number[] =>
    readings.slice(Math.floor((readings.length * index) / 5), Math.floor((readings.length * (index + 1)) / 5)).map(of)
  return median(fifth(4)) - median(fifth(1))
}
