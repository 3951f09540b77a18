import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Whether the generator itself was well: what it measures of a server while it stands still is its own. */
export interface GeneratorHealth {
  /** How late its event loop was. */
  readonly loopDelayP99Ms: number
  readonly loopDelayMaxMs: number
  /** Its processor time as a share of the time that went by. */
  readonly cpuShare: number
}

/** Watches this process from now on. */
export function watchGenerator(): { readonly read: () => GeneratorHealth } {
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  return {
    read: () => {
      delay.disable()
      const { user, system } = process.cpuUsage(cpu)
      return {
        // The histogram counts from the last sample, so a loop that is never late reads as the resolution.
        loopDelayP99Ms: Math.max(0, delay.percentile(99) / 1e6 - 5),
        loopDelayMaxMs: Math.max(0, delay.max / 1e6 - 5),
        cpuShare: (user + system) / 1_000 / (performance.now() - startedAt),
      }
    },
  }
}
