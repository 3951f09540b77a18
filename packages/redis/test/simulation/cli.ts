import { parseArgs } from 'node:util'
import { scenario } from './scenario.ts'
import { simulate } from './simulated.ts'

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: { seeds: { type: 'string', default: '10000' }, from: { type: 'string', default: '1' } },
})

// Thousands of errors are made and none is looked at.
Error.stackTraceLimit = 0
const startedAt = performance.now()
const from = Number(values.from)
let reads = 0
let invalidations = 0
const failures: string[] = []
for (let seed = from; seed < from + Number(values.seeds); seed++) {
  try {
    const outcome = await simulate(seed, scenario)
    reads += outcome.reads
    invalidations += outcome.invalidations
  } catch (error) {
    failures.push((error as Error).message)
    if (failures.length <= 20) console.log((error as Error).message)
  }
}
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
console.log(
  `${values.seeds} seeds in ${seconds} s: ${reads} reads, ${invalidations} invalidations, ${failures.length} seeds failed`,
)
process.exitCode = failures.length === 0 ? 0 : 1
