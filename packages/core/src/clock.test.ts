import { describe, expect, it } from 'vitest'
import { systemClock } from './clock.ts'

describe('systemClock', () => {
  it('is near the wall clock, and never steps back', () => {
    const [first, second] = [systemClock.now(), systemClock.now()]

    // A clock that somebody set while the process ran may be away from it: a minute is a unit's worth of doubt.
    expect(Math.abs(first - Date.now())).toBeLessThan(60_000)
    expect(second).toBeGreaterThanOrEqual(first)
  })

  it('sets timers that do not keep the process alive, however long', () => {
    const timer = systemClock.setTimer(() => {}, 1e15) as NodeJS.Timeout

    expect(timer.hasRef()).toBe(false)
    systemClock.clearTimer(timer)
    systemClock.clearTimer(undefined)
  })

  it('fires timers, and not those that were cleared', async () => {
    let cleared = false
    systemClock.clearTimer(systemClock.setTimer(() => (cleared = true), 0))
    const handle = setTimeout(() => {}, 60_000)

    await new Promise<void>((resolve) => void systemClock.setTimer(resolve, 1))

    clearTimeout(handle)
    expect(cleared).toBe(false)
  })

  it('lets what has arrived be handled first', async () => {
    const order: string[] = []
    await new Promise<void>((resolve) => {
      systemClock.afterInput(() => {
        order.push('after')
        resolve()
      })
      void Promise.resolve().then(() => order.push('promise'))
    })

    expect(order).toEqual(['promise', 'after'])
  })
})
