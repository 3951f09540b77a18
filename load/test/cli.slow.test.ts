import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

interface Ended {
  readonly code: number | null
  readonly lines: readonly string[]
  readonly errors: string
}

function load(...args: readonly string[]): Promise<Ended> {
  const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@holdfast/source', cli, ...args], { stdio: 'pipe' })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, lines: output.trimEnd().split('\n'), errors }))
  })
}

describe('pnpm load', () => {
  it('passes, and says so in its last line', { timeout: 60_000 }, async () => {
    const { code, lines } = await load('--quick', '--seed', '3', '--rows', '5000')

    expect(lines.at(-1)).toMatch(/^Passed: saturation: all 6 conditions are met \(seed 3\)\.$/)
    expect(code).toBe(0)
  })

  it('fails with a broken condition, and says which', { timeout: 60_000 }, async () => {
    const { code, lines } = await load('--quick', '--rows', '5000', '--expect', 'hit_ratio value>=0.999')

    expect(lines.at(-1)).toMatch(/^Failed: saturation: hit_ratio is 0\.\d+, and should be value>=0\.999\. Again: /)
    expect(code).toBe(1)
  })

  it.each([
    [['--expect', 'hitratio value>=0.9'], /does not measure hitratio/],
    [['--expect', 'hit_ratio p(99)<1ms'], /asks for times/],
    [['--expect', 'hit_ratio'], /a metric and a condition/],
    [['no-such-scenario'], /Unknown scenario/],
    [['--rows', 'many'], /--rows/],
    [['--skew', '-1'], /--skew|argument/],
    [['--unknown'], /--unknown/],
    [['claims', 'beauty'], /Unknown claim beauty/],
    [['claims', '--expect', 'luck count==1'], /No claim rests on luck/],
    [['claims', 'users', '--expect', 'hit_ratio p(99)<1ms'], /asks for times/],
    [['gate'], /Expected `--against <ref>`/],
    [['gate', '--against', 'no-such-ref'], /There is no commit no-such-ref/],
    [['gate', '--against', 'HEAD', '--filter', 'nothing'], /There is no case nothing/],
    [['gate', '--against', 'HEAD', '--inject', 'api.tiered'], /Expected `--inject` like/],
    [['gate', '--against', 'HEAD', '--accept', 'api.redis:luck'], /Expected `--accept` like/],
  ])('refuses %j before it runs anything', async (args, message) => {
    const { code, errors } = await load(...args)

    expect(errors).toMatch(message)
    expect(code).toBe(2)
  })
})
