import { expect, it } from 'vitest'
import { createCache } from '../../src/create-cache.ts'
import { runSeeds } from './run-seeds.ts'

const seeds = 10_000

it(`nobody is given what was invalidated, in ${seeds.toLocaleString('en')} seeded interleavings`, async () => {
  const outcome = await runSeeds({ createCache }, 1, seeds)

  expect(outcome.failures).toEqual([])
  expect(outcome.seeds).toBe(seeds)
  expect(outcome.reads).toBeGreaterThan(5 * seeds)
  expect(outcome.invalidations).toBeGreaterThan(2 * seeds)
}, 300_000)

it('a seed decides everything', async () => {
  const histories = [1, 2].map(() => [] as string[])
  for (const history of histories) await runSeeds({ createCache, trace: (line) => history.push(line) }, 7, 1)

  expect(histories[0]!.length).toBeGreaterThan(10)
  expect(histories[0]).toEqual(histories[1])
})
