import { fakeClock, type FakeClock } from '@holdfast/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { Deadlines, type Timed } from './deadline.ts'

describe('Deadlines', () => {
  let clock: FakeClock
  let deadlines: Deadlines
  let expired: string[]

  beforeEach(() => {
    clock = fakeClock(0)
    deadlines = new Deadlines(clock)
    expired = []
  })

  const timed = (name: string, deadlineAt: number): Timed => ({
    deadlineAt,
    settled: false,
    expire: () => expired.push(`${name} at ${clock.now()}`),
  })
  const add = (name: string, deadlineAt: number): Timed => {
    const one = timed(name, deadlineAt)
    deadlines.add(one)
    return one
  }

  it('expires each at its instant, on one timer', async () => {
    add('late', 30)
    add('early', 10)
    add('middle', 20)

    expect(clock.pendingTimers).toBe(1)
    await clock.advance(30)

    expect(expired).toEqual(['early at 10', 'middle at 20', 'late at 30'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('expires those of one instant together, in the order in which they came', async () => {
    add('a', 10)
    add('b', 10)

    await clock.advance(10)

    expect(expired).toEqual(['a at 10', 'b at 10'])
  })

  it('does not expire what has settled, and tells so', async () => {
    const one = add('one', 10)
    const other = add('other', 10)
    deadlines.settle(one)

    await clock.advance(10)

    expect(expired).toEqual(['other at 10'])
    expect([one.settled, other.settled]).toEqual([true, true])
  })

  it('looks once more at what had arrived when it strikes late, because the event loop stood still', async () => {
    const answered = add('answered', 10)
    add('unanswered', 10)
    clock.stall(100)
    // The answer waited at the process; it is handled in the input phase, after the timers.
    clock.afterInput(() => deadlines.settle(answered))

    await clock.advance(0)

    expect(expired).toEqual(['unanswered at 100'])
  })

  it.each([
    [20, 'at once'],
    [21, 'after the input'],
  ])('struck at %d of 10, counts %s', (now, when) => {
    const fires: (() => void)[] = []
    const afterInput: (() => void)[] = []
    const manual = new Deadlines({
      now: () => now,
      setTimer: (fire) => fires.push(fire),
      clearTimer: () => {},
      afterInput: (fire) => void afterInput.push(fire),
    })
    manual.add(timed('one', 10))

    fires[0]!()
    const before = expired.length
    for (const fire of afterInput) fire()

    expect(before).toBe(when === 'at once' ? 1 : 0)
    expect(expired).toHaveLength(1)
  })

  it('goes on with what came while it was looking', async () => {
    add('one', 10)
    clock.stall(100)
    clock.afterInput(() => add('two', 150))

    await clock.advance(50)

    expect(expired).toEqual(['one at 100', 'two at 150'])
  })

  it('may be added to and settled by what expires', async () => {
    const second = timed('second', 10)
    deadlines.add({
      deadlineAt: 10,
      settled: false,
      expire() {
        deadlines.settle(second)
        add('third', 20)
      },
    })
    deadlines.add(second)

    await clock.advance(20)

    expect(expired).toEqual(['third at 20'])
  })

  it('lets go of what has settled long before its deadline', async () => {
    const all = Array.from({ length: 128 }, (_, index) => add(`${index}`, 10_000))
    for (const one of all) deadlines.settle(one)

    expect(clock.pendingTimers).toBe(0)
    const next = add('next', 20)
    await clock.advance(20)
    expect(expired).toEqual(['next at 20'])
    expect(next.settled).toBe(true)
  })

  it('counts a thing as settled once', () => {
    const one = add('one', 10_000)
    for (let i = 0; i < 100; i++) deadlines.settle(one)
    add('other', 10_000)

    expect(clock.pendingTimers).toBe(1)
  })

  it('forgets all, calling none, when it is cleared', async () => {
    add('one', 10)
    deadlines.clear()

    expect(clock.pendingTimers).toBe(0)
    add('two', 10)
    await clock.advance(10)
    expect(expired).toEqual(['two at 10'])
  })

  it('ends all at once when it is closed, and whatever comes as it comes', () => {
    deadlines.settle(add('settled', 10))
    add('one', 10)
    add('never', Number.POSITIVE_INFINITY)
    deadlines.close()
    add('late', 10)

    expect(expired).toEqual(['one at 0', 'never at 0', 'late at 0'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('sets no timer for what never ends by itself', async () => {
    add('never', Number.POSITIVE_INFINITY)

    expect(clock.pendingTimers).toBe(0)
    add('once', 10)
    await clock.advance(1_000)
    expect(expired).toEqual(['once at 10'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('goes on waiting for what has not settled when it lets go of many that have', async () => {
    const all = Array.from({ length: 128 }, (_, index) => add(`${index}`, 10))
    for (const one of all.slice(1)) deadlines.settle(one)

    await clock.advance(10)

    expect(expired).toEqual(['0 at 10'])
  })

  it('has settled whatever it ends, when that comes too late as well', () => {
    const waiting = add('waiting', 10)
    deadlines.close()
    const late = add('late', 10)

    expect([waiting.settled, late.settled]).toEqual([true, true])
    deadlines.close()
    expect(expired).toEqual(['waiting at 0', 'late at 0'])
  })

  it('never fires before a deadline within a millisecond, nor with a negative delay', () => {
    const delays: number[] = []
    const manual = new Deadlines({
      now: () => 10,
      setTimer: (_, ms) => delays.push(ms),
      clearTimer: () => {},
      afterInput: () => {},
    })
    manual.add(timed('within', 11.2))
    manual.add(timed('past', 3))

    expect(delays).toEqual([2, 0])
  })
})
