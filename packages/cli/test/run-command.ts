import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'

/** How the command ended, and what it wrote. */
export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface RunOptions {
  readonly cwd?: string
  /** Besides what a process needs; the variables of the machine that runs the tests are not handed on. */
  readonly env?: Readonly<Record<string, string>>
  /** Sends SIGINT as soon as it has written so many lines. */
  readonly interruptAfterLines?: number
  /** Is given the first line that it has written while it runs; then SIGINT is sent. */
  readonly whileRunning?: (line: string) => Promise<unknown>
}

const folder = mkdtempSync(join(tmpdir(), 'holdfast-cli-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const bin = join(folder, 'bin.mjs')

// One file, so that each of the many processes of these tests starts in a fraction of a second.
await build({
  entryPoints: [fileURLToPath(new URL('../src/bin.ts', import.meta.url))],
  outfile: bin,
  bundle: true,
  platform: 'node',
  format: 'esm',
  conditions: ['@holdfast/source'],
  banner: {
    js: `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`,
  },
})

/** Runs the `holdfast` command as a process of its own; it dies with the test. */
export function runCommand(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { cwd, env = {}, interruptAfterLines, whileRunning } = options
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const isFirst = !out.includes('\n')
    out += text
    if (isFirst && out.includes('\n') && whileRunning !== undefined)
      whileRunning(out.split('\n')[0]!).then(
        () => child.kill('SIGINT'),
        (error: unknown) => {
          err += String(error)
          child.kill('SIGKILL')
        },
      )
    if (interruptAfterLines !== undefined && out.split('\n').length > interruptAfterLines) child.kill('SIGINT')
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, out, err }))
  })
}
