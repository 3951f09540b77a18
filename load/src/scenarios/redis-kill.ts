import { outageControl, outageMetrics, playOutage, type OutageName } from './outage.ts'
import { isRefused } from './facts.ts'
import type { Scenario } from './scenario.ts'

/** Redis dies and comes back empty. */
export const redisKill: Scenario<OutageName> = {
  name: 'redis-kill',
  title: 'Redis is killed under load (SIGKILL) and comes back empty',
  metrics: outageMetrics,
  control: outageControl,

  run: (stage) =>
    playOutage(stage, {
      strike: async ({ own, url }) => {
        await own?.kill()
        return isRefused(url)
      },
      heal: async ({ own }) => own?.restart({ data: 'empty' }),
      labels: ['Redis was killed', 'Redis is back, empty'],
    }),
}
