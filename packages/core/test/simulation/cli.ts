import { parseArgs } from 'node:util'
import { createCache } from '../../src/create-cache.ts'
import { runSeeds } from './run-seeds.ts'

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    seeds: { type: 'string', default: '10000' },
    first: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
})

const startedAt = performance.now()
const outcome = await runSeeds(
  {
    createCache,
    ...(values.trace ? { trace: (line) => console.log(line) } : {}),
  },
  Number(values.first),
  Number(values.seeds),
)
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
for (const { seed, violations } of outcome.failures)
  for (const { kind, what } of violations) console.log(`seed ${seed}: ${kind.toUpperCase()} ${what}`)
console.log(
  `${outcome.seeds} seeds, ${outcome.reads} reads, ${outcome.invalidations} invalidations in ${seconds} s: ${outcome.failures.length} failed`,
)
process.exitCode = outcome.failures.length === 0 ? 0 : 1
