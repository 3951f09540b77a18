import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { keys, Pair } from './pair.ts'

const fewest = 40_000
type Step = readonly [what: string, run: (pair: Pair) => Promise<void> | void]

const index = fc.constantFrom(0, 1)
const key = fc.constantFrom(...keys)
const reading = fc.record({
  isGet: fc.boolean(),
  isForced: fc.boolean(),
  areTagsDynamic: fc.boolean(),
  softTimeout: fc.constantFrom(undefined, '0ms' as const),
})
const writing = fc.constantFrom('delete', 'tag', 'all', 'clear', 'matching', 'update')
const named = (what: string, run: (pair: Pair) => Promise<void> | void): Step => [what, run]
const steps: readonly fc.WeightedArbitrary<Step>[] = [
  {
    weight: 5,
    arbitrary: fc
      .tuple(index, key, reading)
      .map(([i, k, how]) => named(`read ${i} ${k} ${JSON.stringify(how)}`, (pair) => pair.read(i, k, how))),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(index, key, writing)
      .map(([i, k, how]) => named(`${how} ${i} ${k}`, (pair) => pair.write(i, k, how))),
  },
  { weight: 2, arbitrary: fc.constantFrom(1, 299, 450, 900).map((ms) => named(`${ms} ms`, (pair) => pair.pass(ms))) },
  { weight: 1, arbitrary: index.map((i) => named(`cut ${i}`, (pair) => pair.cut(i))) },
  { weight: 2, arbitrary: index.map((i) => named(`mend ${i}`, (pair) => pair.mend(i))) },
  { weight: 1, arbitrary: key.map((k) => named(`evict ${k}`, ({ server }) => server.evict({ key: k }))) },
  { weight: 1, arbitrary: key.map((k) => named(`forget ${k}`, ({ server }) => server.evict({ tag: k }))) },
  { weight: 1, arbitrary: fc.constant(named('flush', ({ server }) => server.flush())) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(index, key)
      .map(([i, k]) => named(`drop ${i} ${k}`, ({ processes }) => processes[i]!.memory.evict(k))),
  },
  {
    weight: 1,
    arbitrary: index.map((i) =>
      named(`refuse ${i}`, ({ processes }) => processes[i]!.store.wire.failNext('getMany', new Error('refused'))),
    ),
  },
]
const step = fc.oneof(...steps).map((each) => Object.assign([...each] as const, { [fc.toStringMethod]: () => each[0] }))

it(`nobody is given what was invalidated, in ${fewest.toLocaleString('en')} random steps of two processes`, async () => {
  const seed = Number(process.env['HOLDFAST_MODEL_SEED'] ?? Date.now() % 2 ** 31)
  console.info(`two processes: HOLDFAST_MODEL_SEED=${seed}`)
  const taken = { steps: 0 }
  const history = fc.array(step, { minLength: 1, maxLength: 200, size: 'max' })
  const property = fc.asyncProperty(history, async (walk) => {
    const pair = new Pair()
    for (const [, run] of walk) {
      taken.steps++
      await run(pair)
    }
    await pair.close()
  })

  for (let run = 0; taken.steps < fewest; run++) await fc.assert(property, { seed: seed + run, numRuns: 50 })

  expect(taken.steps).toBeGreaterThanOrEqual(fewest)
}, 180_000)
