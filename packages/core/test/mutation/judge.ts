import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Mutant } from './mutants.ts'
import type { Judged, Run, Told } from './run.ts'

/** Tries mutants in a process of their own, and in another one when a mutant has stopped that from moving. */
export async function judge(mutants: readonly Mutant[]): Promise<ReadonlyMap<number, Judged>> {
  const judged = new Map<number, Judged>()
  const remaining = (): number[] => mutants.map(({ id }) => id).filter((id) => !judged.has(id))
  while (remaining().length > 0) {
    const { told, output } = await runOnce(remaining())
    for (const each of told) if (each.type === 'judged') judged.set(each.id, each)
    const failed = told.find((each) => each.type === 'failed')
    if (failed !== undefined) throw new Error(failed.why)
    if (told.some(({ type }) => type === 'finished')) continue
    const stuck = told.findLast((each) => each.type === 'begun')
    if (stuck === undefined) throw new Error(`The tests did not run.\n${output}`)
    if (!judged.has(stuck.id))
      judged.set(stuck.id, { type: 'judged', id: stuck.id, verdict: 'endless', by: 'watchdog' })
  }
  return judged
}

async function runOnce(ids: readonly number[]): Promise<{ told: readonly Told[]; output: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-mutation-'))
  try {
    const log = join(folder, 'log')
    writeFileSync(log, '')
    const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
    const child = spawn(process.execPath, [vitest, 'run', '--config', join(import.meta.dirname, 'vitest.config.ts')], {
      env: { ...process.env, HOLDFAST_MUTATION: JSON.stringify({ ids, log } satisfies Run) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const kill = (): void => void child.kill('SIGKILL')
    process.once('exit', kill)
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output = `${output}${String(chunk)}`.slice(-4_000)))
    const watch = watchdog(log, kill)
    await once(child, 'close')
    clearInterval(watch)
    process.off('exit', kill)
    return { told: readLog(log), output }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Kills a process that has begun to judge and tells nothing more. */
function watchdog(log: string, kill: () => void): NodeJS.Timeout {
  let seen = ''
  let still = 0
  return setInterval(() => {
    const now = readFileSync(log, 'utf8')
    still = now === seen ? still + 1 : 0
    seen = now
    if (still > 240) kill()
  }, 1_000)
}

function readLog(log: string): readonly Told[] {
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Told)
}
