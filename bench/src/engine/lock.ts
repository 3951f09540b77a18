import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { InfrastructureError } from '../exit.ts'

/** `BENCH_LOCK` names another file, for runs whose figures do not matter. */
const path = process.env['BENCH_LOCK'] ?? join(tmpdir(), 'holdfast-bench.lock')

/**
 * The right to measure on this machine: two benches at once measure each other. Waits for a holder that lives, takes over from one
 * that died.
 *
 * @throws {InfrastructureError} when the other has not ended in time
 */
export async function lockHost(waitMs: number, report: (line: string) => void): Promise<Disposable> {
  const giveUpAt = Date.now() + waitMs
  for (let told = false; ;) {
    if (tryLock()) return { [Symbol.dispose]: () => rmSync(path, { force: true }) }
    const holder = holderOf()
    if (holder === undefined || !isAlive(holder)) {
      rmSync(path, { force: true })
      continue
    }
    if (Date.now() >= giveUpAt) throw new InfrastructureError(`Another bench runs on this machine (process ${holder}).`)
    if (!told) report(`Waiting for another bench on this machine (process ${holder}).`)
    told = true
    await sleep(200)
  }
}

function tryLock(): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function holderOf(): number | undefined {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    return Number.isInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
