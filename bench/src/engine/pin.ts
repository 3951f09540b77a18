import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

import { UsageError } from '../exit.ts'

/** Which processors the processes of a run stay on; absent = wherever the system puts them. */
export interface Pinning {
  readonly client?: number
  readonly server?: number
}

/**
 * `auto`: the measured process on the last processor that we may use, Redis on the one before, where there are two and `taskset`
 * is there. `none`: no pinning. A number: the measured process on that processor.
 *
 * @throws {UsageError} when the processor is none of ours
 */
export function choosePinning(wish: string): Pinning {
  if (wish === 'none') return {}
  const allowed = allowedCpus()
  if (wish !== 'auto') {
    const client = Number(wish)
    if (!allowed.includes(client))
      throw new UsageError(`Expected \`--pin\` to be auto, none or one of ${allowed.join(', ')}, got ${wish}.`)
    const server = allowed.find((cpu) => cpu !== client)
    return { client, ...(server === undefined ? {} : { server }) }
  }
  const [client, server] = allowed.toReversed()
  if (client === undefined || server === undefined || !hasTaskset()) return {}
  return { client, server }
}

/** The command line that starts a program on a processor. */
export function pinned(
  cpu: number | undefined,
  command: string,
  args: readonly string[],
): readonly [string, readonly string[]] {
  return cpu === undefined ? [command, args] : ['taskset', ['-c', String(cpu), command, ...args]]
}

/** Moves a running process, with all its threads. */
export function pinProcess(pid: number, cpu: number | undefined): void {
  if (cpu !== undefined) execFileSync('taskset', ['-a', '-c', '-p', String(cpu), String(pid)], { stdio: 'ignore' })
}

function allowedCpus(): readonly number[] {
  const status = readText('/proc/self/status')
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? ''
  return list
    .split(',')
    .filter((range) => range !== '')
    .flatMap((range) => {
      const [from = 0, to = from] = range.split('-').map(Number)
      return Array.from({ length: to - from + 1 }, (_, i) => from + i)
    })
}

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
