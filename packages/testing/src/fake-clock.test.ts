import { describe, expect, it } from 'vitest'
import { fakeClock } from './fake-clock.ts'

describe('fakeClock', () => {
  it('stands still until it is advanced', async () => {
    const clock = fakeClock(1_000)
    const before = clock.now()

    await clock.advance(250)

    expect([before, clock.now()]).toEqual([1_000, 1_250])
  })

  it('fires timers in the order of their instants, each at its own', async () => {
    const clock = fakeClock(0)
    const fired: [string, number][] = []
    const timer = (name: string, delayMs: number): unknown =>
      clock.setTimer(() => fired.push([name, clock.now()]), delayMs)
    timer('late', 30)
    timer('early', 10)
    timer('second of a tie', 30)
    timer('beyond', 31)

    await clock.advance(30)

    expect(fired).toEqual([
      ['early', 10],
      ['late', 30],
      ['second of a tie', 30],
    ])
    expect(clock.pendingTimers).toBe(1)
  })

  it('fires a timer that a timer or a promise behind it has set, when it falls within the advance', async () => {
    const clock = fakeClock(0)
    const fired: number[] = []
    clock.setTimer(() => {
      void Promise.resolve()
        .then(() => {})
        .then(() => process.nextTick(() => clock.setTimer(() => fired.push(clock.now()), 5)))
    }, 10)

    await clock.advance(100)

    expect(fired).toEqual([15])
  })

  it('forgets a cleared timer, and ignores a fired or unknown one', async () => {
    const clock = fakeClock(0)
    let fired = 0
    const cleared = clock.setTimer(() => (fired += 1), 10)
    const other = clock.setTimer(() => (fired += 1), 10)
    clock.clearTimer(cleared)

    await clock.advance(10)
    clock.clearTimer(other)
    clock.clearTimer(undefined)

    expect(fired).toBe(1)
    expect(clock.pendingTimers).toBe(0)
  })

  it('fires timers late after a stall', async () => {
    const clock = fakeClock(0)
    const fired: number[] = []
    clock.setTimer(() => fired.push(clock.now()), 10)

    clock.stall(500)
    const firedDuringStall = fired.length
    await clock.advance(0)

    expect(firedDuringStall).toBe(0)
    expect(fired).toEqual([500])
    expect(clock.now()).toBe(500)
  })

  it('runs what waits for the input after the promises that are ready', async () => {
    const clock = fakeClock(0)
    const order: string[] = []
    clock.afterInput(() => {
      order.push('after input')
      clock.afterInput(() => order.push('after input, again'))
    })
    void Promise.resolve().then(() => order.push('promise'))

    await clock.advance(0)

    expect(order).toEqual(['promise', 'after input', 'after input, again'])
  })

  it('refuses to step back', async () => {
    await expect(fakeClock().advance(-1)).rejects.toThrow(/0 ms or more/)
  })
})
