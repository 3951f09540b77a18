import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { expect, it, onTestFinished } from 'vitest'

/** Bundles a program of `test/` and runs it. */
async function runBundled(program: string, minify: boolean): Promise<{ stdout: string; stderr: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bundle-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const outfile = join(folder, 'program.mjs')
  await build({
    entryPoints: [join(import.meta.dirname, program)],
    outfile,
    bundle: true,
    minify,
    platform: 'node',
    format: 'esm',
    target: 'es2023',
    supported: { decorators: false },
    conditions: ['@holdfast/source'],
    banner: {
      js: `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`,
    },
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  })
  // Without the variables of the machine that runs the tests.
  return promisify(execFile)(process.execPath, [outfile], { env: { PATH: process.env['PATH'] } })
}

it('does all that is asked of it when it is bundled and minified', async () => {
  const { stdout } = await runBundled('wish/program.ts', true)

  expect(stdout).toBe('the wish is granted\n')
}, 60_000)

it('never shares the answers of two classes whose names were shortened', async () => {
  const { stdout, stderr } = await runBundled('two-classes.ts', true)

  expect(JSON.parse(stdout)).toEqual([
    ['leads', 'users'],
    ['leads', 'users'],
  ])
  // Nothing is cached then, and it is said what to do.
  expect(stderr).toMatch(/give it a `name`/)
}, 60_000)
