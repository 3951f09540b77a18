// Measures, for each package that runs in applications, which of its lines its own tests run, and fails where that are fewer than
// vitest.config.ts asks for. `pnpm coverage` measures all, `pnpm coverage core http` these. What child processes run is not seen.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const runtime = ['core', 'memory', 'redis', 'breaker', 'msgpack', 'http', 'next', 'monitor', 'warm', 'holdfast', 'cli']
/** Where tests of a package lie that need others to stand on. */
const elsewhere = { warm: ['packages/holdfast/test/warm'], next: ['packages/holdfast/test/next'] }
/** They go through the same lines again, ten thousand times. */
const long = ['simulation', 'model'].flatMap((folder) => ['--exclude', `**/test/${folder}/**`])
const asked = process.argv.slice(2).filter((arg) => arg !== '--')
const unknown = asked.find((name) => !runtime.includes(name))
if (unknown !== undefined) throw new Error(`There is no package ${unknown}: choose from ${runtime.join(', ')}.`)

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const rows = []
for (const name of asked.length === 0 ? runtime : asked) {
  const { status } = spawnSync(
    process.execPath,
    [vitest, 'run', '--coverage', '--testTimeout=120000', ...long, `packages/${name}/`, ...(elsewhere[name] ?? [])],
    {
      env: { ...process.env, COVERAGE: name },
      stdio: 'inherit',
    },
  )
  if (status !== 0) process.exitCode = 1
  rows.push([name, status === 0 ? '' : 'failed', ...percentages(name)])
}
console.log(['package'.padEnd(10), 'lines'.padStart(8), 'branches'.padStart(9)].join(''))
for (const [name, failed, lines, branches] of rows)
  console.log(`${name.padEnd(10)}${lines.padStart(8)}${branches.padStart(9)}  ${failed}`)

/** Of lines and branches, as the last run wrote them. */
function percentages(name) {
  try {
    const { total } = JSON.parse(readFileSync(`node_modules/.cache/coverage/${name}/coverage-summary.json`, 'utf8'))
    return [`${total.lines.pct} %`, `${total.branches.pct} %`]
  } catch {
    return ['?', '?']
  }
}
