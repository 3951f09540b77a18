import { fakeClock } from '@holdfast/testing'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createCache } from '../../src/create-cache.ts'
import { mapStore } from '@holdfast/testing/simulation'
import { Model } from './model.ts'
import { at, places, steps, type Real, type Step } from './steps.ts'

const fewest = 100_000

it(`does what the model does, in ${fewest.toLocaleString('en')} random steps`, async () => {
  const seed = Number(process.env['HOLDFAST_MODEL_SEED'] ?? Date.now() % 2 ** 31)
  console.info(`model: HOLDFAST_MODEL_SEED=${seed}`)
  const taken = { steps: 0 }
  const step = fc.oneof(...steps).map((each) => Object.assign(each, { [fc.toStringMethod]: () => each.name }))
  const history = fc.array(step, { minLength: 1, maxLength: 200, size: 'max' })
  const property = fc.asyncProperty(history, async (walk) => {
    const model = new Model()
    const clock = fakeClock()
    const memory = mapStore()
    const cache = createCache({ memory, clock })
    for (const step of walk) {
      taken.steps++
      await compare(model, { cache, memory, clock }, step)
    }
    await cache.close()
    expect(clock.pendingTimers).toBe(0)
  })

  for (let run = 0; taken.steps < fewest; run++) await fc.assert(property, { seed: seed + run, numRuns: 100 })

  expect(taken.steps).toBeGreaterThanOrEqual(fewest)
}, 180_000)

/** Throws where the cache is not as the model. */
async function compare(model: Model, real: Real, step: Step): Promise<void> {
  const differ = (what: string, given: unknown, expected: unknown): void => {
    if (!Object.is(given, expected))
      throw new Error(`${step.name}: ${what} is ${String(given)}, in the model ${String(expected)}`)
  }
  const expected = step.inModel(model)
  differ('the result', await step.inCache(real), expected)
  const stats = real.cache.stats()
  for (const name of Object.keys(model.counts) as (keyof typeof model.counts)[])
    differ(name, stats[name], model.counts[name])
  const name = places[stats.hits % places.length]!
  const { view, key } = at(real, name)
  differ(`the verdict on ${name}`, (await view.inspect(key)).verdict, model.verdict(name))
}
