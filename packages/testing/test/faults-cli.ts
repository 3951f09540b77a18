// Runs the fault matrix from a shell: `pnpm faults`, `pnpm faults --row frozen --row OOM`, `pnpm faults --write`.
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { checkFaults, faultNames, faultTable, type FaultResult } from '../src/faults/index.ts'

const page = resolve(import.meta.dirname, '../../../docs/reference/faults.md')
const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: {
    row: { type: 'string', multiple: true },
    seed: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    module: { type: 'string', default: resolve(import.meta.dirname, '../../holdfast/test/fault-subject.ts') },
    naive: { type: 'string', default: resolve(import.meta.dirname, 'faults/naive-subject.ts') },
    'no-naive': { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
})

if (values.list) console.log(faultNames.join('\n'))
else await run()

async function run(): Promise<void> {
  const results = await checkFaults({
    module: urlOf(values.module),
    ...(values['no-naive'] ? {} : { naive: urlOf(values.naive) }),
    ...(values.row === undefined ? {} : { rows: values.row }),
    ...(values.seed === undefined ? {} : { seed: Number(values.seed) }),
    jobs: Number(values.jobs),
    report: (result) => {
      tell(result)
      if (values.write) write(result)
    },
  })
  const broken = results.filter((one) => !one.isKept)
  const vacuous = results.filter((one) => one.isVacuous)
  console.log(`${results.length - broken.length} of ${results.length} rows kept, ${vacuous.length} vacuous`)
  if (broken.length > 0) process.exitCode = 1
}

function tell({ row, run, verdict, naive, isKept, isVacuous }: FaultResult): void {
  const proof = run?.proof instanceof Error ? run.proof.message : run?.proof
  const back = run?.backAfterMs === undefined ? 'never' : `${Math.round(run.backAfterMs)} ms`
  const memory = `${Math.round((run?.record.grownBytes ?? Number.NaN) / 1024 / 1024)} MB`
  console.log(`${isKept ? 'kept  ' : 'BROKEN'} ${row.name}: ${proof}`)
  console.log(
    `       longest wait ${Math.round(verdict.longestMs)} ms, hits back after ${back}, memory +${memory}, own stalls ${Math.round(run?.record.stalledMs ?? Number.NaN)} ms, left in ${left(run?.departure?.closedInMs)} + ${left(run?.departure?.endedInMs)} ms`,
  )
  for (const complaint of verdict.complaints) console.log(`       - ${complaint}`)
  if (isVacuous) console.log('       vacuous: the naive cache passes too')
  else if (naive?.[0] !== undefined) console.log(`       naive: ${naive[0]} (${naive.length} complaints)`)
}

function left(ms: number | undefined): string {
  return ms === undefined ? '?' : String(Math.round(ms))
}

/** Each row as it ends: a run that is cut short has written what it came to. */
function write(result: FaultResult): void {
  const [begin, end] = ['<!-- table -->', '<!-- end of table -->']
  const text = readFileSync(page, 'utf8')
  const [head, rest] = text.split(begin)
  const [former, tail] = rest!.split(end)
  writeFileSync(page, `${head}${begin}\n\n${faultTable([result], former)}\n\n${end}${tail}`)
}

function urlOf(module: string): URL {
  return module.startsWith('file:') ? new URL(module) : pathToFileURL(resolve(module))
}
