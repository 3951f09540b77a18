import { isRefused } from './facts.ts'
import { outageControl, outageMetrics, playOutage, type OutageName } from './outage.ts'
import type { Scenario } from './scenario.ts'

/** Redis dies and comes back with what it had some time before. */
export const redisRestart: Scenario<OutageName> = {
  name: 'redis-restart',
  title: 'Redis is killed under load and comes back with the data of an older snapshot',
  metrics: outageMetrics,
  control: { ...outageControl, mustFail: [...outageControl.mustFail, 'staleness'] },

  run: (stage) =>
    playOutage(stage, {
      prepare: async ({ own }) => own?.save(),
      strike: async ({ own, url }) => {
        await own?.kill()
        return isRefused(url)
      },
      heal: async ({ own }) => own?.restart({ data: 'older' }),
      labels: ['Redis was killed', 'Redis is back, with older data'],
    }),
}
