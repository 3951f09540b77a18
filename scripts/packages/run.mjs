// Commands of the checks: what they print, or an error that shows it.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { join } from 'node:path'
import { root } from './workspace.mjs'

const execute = promisify(execFile)

/** A tool that this repository has installed. */
export const bin = (name) => join(root, 'node_modules/.bin', name)

/** Its standard output. Nothing may run longer than `timeoutMs`: what hangs has left something open. */
export async function run(command, args, cwd, { env = {}, timeoutMs = 300_000 } = {}) {
  try {
    const running = execute(command, args, {
      cwd,
      env: { ...process.env, ...env },
      timeout: timeoutMs,
      maxBuffer: 64 * 1024 * 1024,
    })
    running.child.stdin.end()
    return (await running).stdout
  } catch (error) {
    const why = error.killed ? `did not end within ${timeoutMs / 1000} s` : `ended with ${error.code}`
    throw new Error(`${command} ${args.join(' ')} ${why}\n${error.stdout ?? ''}${error.stderr ?? ''}`, {
      cause: error,
    })
  }
}
