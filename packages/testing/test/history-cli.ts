// Runs the history checker from a shell: `pnpm --filter @holdfast/testing history --minutes 10 --seed 7 --workers 4`.
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import {
  checkHistory,
  clusterFaults,
  historyFaults,
  sentinelFaults,
  type HistoryFault,
  type HistoryMode,
} from '../src/history/index.ts'

const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: {
    minutes: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    workers: { type: 'string', default: '4' },
    mode: { type: 'string', default: 'invalidate' },
    topology: { type: 'string', default: 'server' },
    faults: { type: 'string', default: 'all' },
    module: { type: 'string', default: resolve(import.meta.dirname, '../../redis/test/cache-module.ts') },
    'keep-going': { type: 'boolean', default: false },
  },
})

const topology = values.topology as 'server' | 'cluster' | 'sentinels'
const known = { server: historyFaults, cluster: clusterFaults, sentinels: sentinelFaults }[topology]

const report = await checkHistory({
  cacheModule: values.module.startsWith('file:') ? values.module : pathToFileURL(resolve(values.module)),
  seconds: values.minutes === undefined ? Number(values.seconds) : Number(values.minutes) * 60,
  ...(values.seed === undefined ? {} : { seed: Number(values.seed) }),
  workers: Number(values.workers),
  mode: values.mode as HistoryMode,
  topology,
  ...(values.faults === 'all' ? {} : { faults: faultsNamed(values.faults) }),
  keepGoing: values['keep-going'],
  report: (line) => console.log(line),
})
console.log(report.text)
process.exitCode = report.violations > 0 ? 1 : 0

function faultsNamed(names: string): readonly HistoryFault[] {
  if (names === 'none') return []
  const unknown = names.split(',').filter((name) => !(known as readonly string[]).includes(name))
  if (unknown.length > 0) throw new Error(`Unknown faults: ${unknown.join(', ')}. Known: ${known.join(', ')}.`)
  return names.split(',') as HistoryFault[]
}
