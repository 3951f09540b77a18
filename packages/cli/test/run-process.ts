import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'
import type { Ran } from './run-command.ts'

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

/**
 * Runs the `holdfast` command as a process of its own; it dies with the test.
 *
 * @param isEnough sends SIGINT once it has written that; otherwise it has to end by itself
 */
export function runProcess(args: readonly string[], isEnough?: (out: string) => boolean): Promise<Ran> {
  const child = spawn(process.execPath, [bin, ...args], {
    env: { PATH: process.env['PATH'], NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
    if (isEnough?.(out) === true) child.kill('SIGINT')
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, out, err }))
  })
}
