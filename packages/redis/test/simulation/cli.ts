// pnpm --filter @holdfast/redis simulation [--seeds 10000] [--from 1] [--trouble clears]
import { parseArgs } from 'node:util'
import { runInThreads } from './run-in-threads.ts'
import { kinds } from './scenario.ts'

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    seeds: { type: 'string', default: '10000' },
    from: { type: 'string', default: '1' },
    trouble: { type: 'string' },
  },
})

const startedAt = performance.now()
const trouble = kinds.find((kind) => kind === values.trouble)
const seeds = { from: Number(values.from), count: Number(values.seeds), ...(trouble === undefined ? {} : { trouble }) }
const { reads, invalidations, failures } = await runInThreads(seeds)
for (const failure of failures.slice(0, 20)) console.log(failure)
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
console.log(
  `${seeds.count} seeds in ${seconds} s: ${reads} reads, ${invalidations} invalidations, ${failures.length} seeds failed`,
)
process.exitCode = failures.length === 0 ? 0 : 1
