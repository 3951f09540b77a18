import { World } from './world.ts'

/**
 * Runs a scenario in a world of its own time, to its end. The same seed gives the same run, as long as the code under test takes its time
 * from the clocks of its processes and its chances from a seeded generator.
 *
 * @throws {Error} what the scenario threw, with the seed; or that nothing was left to happen
 */
export async function simulate<T>(seed: number, scenario: (world: World) => Promise<T>): Promise<T> {
  const world = new World(seed)
  try {
    return await world.run(scenario(world))
  } catch (error) {
    throw new Error(`Seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** Runs a scenario once for each of so many seeds, and stops at the first that fails. */
export async function simulateSeeds(
  seeds: { readonly from?: number; readonly count: number },
  scenario: (world: World) => Promise<void>,
): Promise<void> {
  const { from = 1, count } = seeds
  for (let seed = from; seed < from + count; seed += 1) await simulate(seed, scenario)
}
