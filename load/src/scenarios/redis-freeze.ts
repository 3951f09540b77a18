import { isStopped } from './facts.ts'
import { outageControl, outageMetrics, playOutage, type OutageName } from './outage.ts'
import type { Scenario } from './scenario.ts'

/** Redis stands still: it accepts and never answers. */
export const redisFreeze: Scenario<OutageName> = {
  name: 'redis-freeze',
  title: 'Redis stands still under load (SIGSTOP): it accepts connections and never answers, then goes on',
  metrics: outageMetrics,
  control: outageControl,

  run: (stage) =>
    playOutage(stage, {
      strike: async ({ own }) => {
        await own?.freeze()
        return own !== undefined && isStopped(own.pid)
      },
      heal: async ({ own }) => own?.thaw(),
      labels: ['Redis was frozen', 'Redis goes on'],
    }),
}
