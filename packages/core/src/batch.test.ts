import { fakeClock, type FakeClock } from '@holdfast/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { Batcher } from './batch.ts'
import { Deadlines } from './deadline.ts'
import { RemoteTimeoutError } from './errors.ts'

describe('Batcher', () => {
  let clock: FakeClock
  let deadlines: Deadlines
  let told: unknown[]
  let calls: {
    inputs: readonly string[]
    deadlineAt: number
    resolve: (results: never) => void
    reject: (error: Error) => void
  }[]
  let batcher: Batcher<string, string>

  beforeEach(() => {
    clock = fakeClock(0)
    deadlines = new Deadlines(clock)
    told = []
    calls = []
    batcher = new Batcher<string, string>(
      deadlines,
      (inputs, deadlineAt) =>
        new Promise((resolve, reject) => {
          calls.push({ inputs, deadlineAt, resolve, reject })
        }),
      (error) => told.push(error),
    )
  })
  const answer = (call: (typeof calls)[number]): void => call.resolve(call.inputs.map((input) => `${input}!`) as never)

  it('joins what is asked in one tick, and answers each', async () => {
    const asked = [batcher.add('a', 100), batcher.add('b', 100)]
    void Promise.resolve().then(() => asked.push(batcher.add('c', 100)))
    await clock.advance(0)
    const later = batcher.add('d', 100)
    await clock.advance(0)

    expect(calls.map(({ inputs }) => inputs)).toEqual([['a', 'b', 'c'], ['d']])
    for (const call of calls) answer(call)
    expect(await Promise.all([...asked, later])).toEqual(['a!', 'b!', 'c!', 'd!'])
  })

  it('rejects all of a call that rejects, and tells it once', async () => {
    const asked = [batcher.add('a', 100), batcher.add('b', 100)].map((each) =>
      each.catch((error: Error) => error.message),
    )
    await clock.advance(0)
    calls[0]!.reject(new Error('down'))

    expect(await Promise.all(asked)).toEqual(['down', 'down'])
    expect(told).toEqual([new Error('down')])
  })

  it('gives the call the latest deadline, and each item its own', async () => {
    const settled: string[] = []
    for (const [name, deadlineAt] of [
      ['soon', 10],
      ['later', 50],
      ['about later', 49],
    ] as const)
      batcher
        .add(name, deadlineAt)
        .catch((error: unknown) => settled.push(`${name} at ${clock.now()}: ${String(error)}`))
    await clock.advance(0)
    expect(calls[0]!.deadlineAt).toBe(50)

    await clock.advance(10)
    expect(settled).toEqual(['soon at 10: RemoteTimeoutError: The remote store did not answer before the deadline.'])
    expect(told).toEqual([])

    await clock.advance(40)
    expect(settled.map((each) => each.split(':')[0])).toEqual(['soon at 10', 'later at 50', 'about later at 50'])
    expect(told).toEqual([expect.any(RemoteTimeoutError)])
  })

  it('settles each item once, whatever comes after', async () => {
    const outcome = batcher.add('a', 10).catch((error: Error) => error.name)
    await clock.advance(10)
    answer(calls[0]!)
    await clock.advance(0)
    const other = batcher.add('b', 20).catch((error: Error) => error.name)
    await clock.advance(10)
    calls[1]!.reject(new Error('late'))
    await clock.advance(0)

    expect([await outcome, await other]).toEqual(['RemoteTimeoutError', 'RemoteTimeoutError'])
    expect(told).toHaveLength(2)
  })

  it('answers those that still wait when some have timed out', async () => {
    const soon = batcher.add('soon', 10).catch((error: Error) => error.name)
    const later = batcher.add('later', 50)
    await clock.advance(10)
    answer(calls[0]!)

    expect([await soon, await later]).toEqual(['RemoteTimeoutError', 'later!'])
    expect(told).toEqual([])
  })

  it.each([
    [undefined, /answered undefined/],
    [null, /answered null/],
    ['ab', /answered "ab"/],
    [['a!'], /answered 1 of 2 items/],
    [['a!', 'b!', 'c!'], /answered 3 of 2 items/],
  ])('rejects when the answer is %o', async (results, message) => {
    const asked = [batcher.add('a', 100), batcher.add('b', 100)].map((each) =>
      each.catch((error: Error) => error.message),
    )
    await clock.advance(0)
    calls[0]!.resolve(results as never)

    for (const one of await Promise.all(asked)) expect(one).toMatch(message)
    expect(told).toHaveLength(1)
  })

  it('goes on with the others when one who asked throws at its answer', async () => {
    const answered: string[] = []
    const ask = (input: string, hear: (result: string) => void): void =>
      batcher.ask({ input, deadlineAt: 100, settled: false, answered: hear, failed: () => {} })
    ask('a', () => {
      throw new Error('in the listener')
    })
    ask('b', (result) => answered.push(result))
    await clock.advance(0)
    answer(calls[0]!)
    await clock.advance(0)

    expect(answered).toEqual(['b!'])
    expect(told).toEqual([new Error('in the listener')])
  })

  it('asks for several at once, and answers them in their order', async () => {
    const asked = batcher.addAll(['a', 'b'], 100)
    const other = batcher.add('c', 100)
    await clock.advance(0)
    answer(calls[0]!)

    expect(await asked).toEqual(['a!', 'b!'])
    expect(await other).toBe('c!')
    expect(await batcher.addAll([], 100)).toEqual([])
  })

  it('rejects several at once when one of them failed', async () => {
    const asked = batcher.addAll(['a', 'b'], 10).catch((error: Error) => error.name)
    await clock.advance(10)

    expect(await asked).toBe('RemoteTimeoutError')
  })

  it('leaves no timer when everything was answered and it is closed', async () => {
    const asked = batcher.add('a', 100)
    await clock.advance(0)
    answer(calls[0]!)
    await asked
    deadlines.close()

    expect(clock.pendingTimers).toBe(0)
  })
})
