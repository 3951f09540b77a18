import { describe, expect, it } from 'vitest'

import { type Duel, runDuel } from './duel.ts'
import { disturbanceBetween, isDisturbed, readPressure } from './environment.ts'
import { choosePinning, pinned } from './pin.ts'
import { sampleContenders } from './sample.ts'
import { loadSdk, MissingApiError } from './sdk.ts'
import { repositoryRoot } from './repository.ts'

/** Work whose amount is known: what a loop was asked to do is counted, not timed. */
function worker(): { readonly run: (n: number) => Promise<void>; readonly asked: number[] } {
  const asked: number[] = []
  return {
    asked,
    run: async (n) => {
      asked.push(n)
      let sum = 0
      for (let i = 0; i < n * 200; i++) sum += i % 7
      if (sum < 0) throw new Error('unreachable')
    },
  }
}

const effort = { warmMs: 4, sliceMs: 0.2 }

function duelOf(
  base: Duel['base'],
  head: Duel['head'],
  inflation: number,
  first: Duel['first'] = 'base',
): Promise<unknown> {
  return runDuel({ base, head, inflation, first, step: 1, effort, slices: 10 })
}

describe('a duel', () => {
  it('gives both sides the same number of operations, and the head exactly a fifth more when that is injected', async () => {
    const base = worker()
    const head = worker()

    await duelOf(base.run, head.run, 1.2)

    const [baseSlices, headSlices] = [base.asked.slice(-10), head.asked.slice(-10)]
    expect(new Set(baseSlices).size).toBe(1)
    expect(headSlices.map((n) => n / (baseSlices[0] ?? 0))).toEqual(Array.from({ length: 10 }, () => 1.2))
  })

  it('alternates ABBA, beginning with the side it is told to', async () => {
    const order: string[] = []
    const tell = (side: string) => async (n: number) => {
      order.push(side)
      return worker().run(n)
    }

    await duelOf(tell('base'), tell('head'), 1, 'head')

    expect(order.slice(-8).join(' ')).toBe('head base base head head base base head')
  })
})

describe('sampling', () => {
  it('gives every contender the same number of slices, in turns that rotate', async () => {
    const contenders = ['a', 'b', 'c'].map((name) => ({ name, run: worker().run }))

    const samples = await sampleContenders(contenders, { effort, timeMs: 2, step: 1, rotate: 1 })

    expect(samples.map(({ name, slices }) => [name, slices])).toEqual([
      ['a', 10],
      ['b', 10],
      ['c', 10],
    ])
    for (const { time, cpu, meanTime } of samples) {
      expect(time).toBeGreaterThan(0)
      expect(cpu).toBeGreaterThanOrEqual(0)
      expect(meanTime).toBeGreaterThanOrEqual(time)
    }
  })

  it('does not swallow the error of a contender', async () => {
    const broken = { name: 'broken', run: async () => Promise.reject(new Error('lost its values')) }

    await expect(sampleContenders([broken], { effort, timeMs: 1, step: 1, rotate: 0 })).rejects.toThrow(
      'lost its values',
    )
  })
})

describe('a build', () => {
  it('that lacks something says so when it is needed, not before', async () => {
    const sdk = await loadSdk('/nowhere', 'none')

    expect(() => sdk.createCache).toThrow(MissingApiError)
  })
})

describe('the surroundings', () => {
  it('refuse a processor that is not ours', () => {
    expect(() => choosePinning('4096')).toThrow('Expected `--pin`')
    expect(choosePinning('none')).toEqual({})
  })

  it('start a pinned program with taskset, and another as it is', () => {
    expect(pinned(1, 'node', ['x.ts'])).toEqual(['taskset', ['-c', '1', 'node', 'x.ts']])
    expect(pinned(undefined, 'node', ['x.ts'])).toEqual(['node', ['x.ts']])
  })

  it('mark time that a hypervisor or a control group took away', () => {
    const before = { ...readPressure(), busyTicks: 0, stealTicks: 0, throttledUs: 0, waitedUs: 0 }
    const between = (change: object) => disturbanceBetween(before, { ...before, busyTicks: 100, ...change }, 1_000)

    expect(isDisturbed(between({}))).toBe(false)
    expect(isDisturbed(between({ stealTicks: 6 }))).toBe(true)
    expect(isDisturbed(between({ throttledUs: 60_000 }))).toBe(true)
  })
})

describe('the checkout', () => {
  it('is the one that this file stands in', () => {
    expect(import.meta.filename.startsWith(repositoryRoot)).toBe(true)
  })
})
