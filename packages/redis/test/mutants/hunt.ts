import { runSeeds } from '../simulation/run-seeds.ts'

/** Looks for the first seed that shows the planted bug. */
const { failures } = await runSeeds({ from: 1, count: Number.MAX_SAFE_INTEGER - 1, isFirstEnough: true })
console.log(failures[0])
