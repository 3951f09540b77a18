import type { Clock } from './contracts.ts'

const origin = performance.timeOrigin

/** The system's clock: monotonic, so that a stepped wall clock neither revives nor ends an entry. */
export const systemClock: Clock = {
  now: () => origin + performance.now(),
  setTimer(fire, delayMs) {
    // setTimeout turns delays beyond 2³¹−1 into 1.
    const timer = setTimeout(fire, Math.min(delayMs, 2_147_483_647))
    timer.unref()
    return timer
  },
  clearTimer(timer) {
    clearTimeout(timer as NodeJS.Timeout)
  },
  afterInput(fire) {
    setImmediate(fire)
  },
}
