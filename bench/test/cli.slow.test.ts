import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url))
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

function bench(...args: readonly string[]): {
  readonly code: number | null
  readonly out: string
  readonly err: string
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=@holdfast/source', cli, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', BENCH_LOCK: join(folder, 'lock') },
  })
  return { code: status, out: stdout, err: stderr }
}

describe('pnpm bench', () => {
  it('explains every command', () => {
    const { code, out } = bench('--help')

    expect(code).toBe(0)
    for (const command of ['gate', 'selftest', 'trend', 'hitrate']) expect(out).toContain(`pnpm bench ${command}`)
  })

  it('lists its cases, for people and for programs', () => {
    const ids = (JSON.parse(bench('--list', '--json', '-').out) as { id: string }[]).map(({ id }) => id)

    expect(ids).toContain('memory.get')
    expect(bench('--list', 'redis.*').out).toContain('redis.getMany100')
    expect(bench('--list', 'redis.*').out).not.toContain('memory.get')
  })

  it.each([
    [['no.such.bench'], 'No bench matches no.such.bench'],
    [['--peers', 'nobody'], 'There is no peer nobody'],
    [['--runs', '0'], 'Expected `--runs` to be a positive whole number'],
    [['--surprise'], "Unknown option '--surprise'"],
    [['gate'], 'Expected `--against <ref>`'],
    [['gate', '--against', 'no-such-ref'], 'There is no commit no-such-ref'],
    [['gate', '--against', 'HEAD', '--filter', 'nothing.*'], 'No bench matches nothing.*'],
    [['gate', '--against', 'HEAD', '--inject', 'memory.get'], 'Expected `--inject` like memory.get:1.2'],
    [['gate', '--against', 'HEAD', '--inject', 'nothing:1.2'], 'There is no bench nothing'],
    [['gate', '--against', 'HEAD', '--accept', 'memory.get:luck'], 'Expected `--accept` like'],
    [['gate', '--against', 'HEAD', '--looks', '7'], 'the last look must be at least 12'],
    [['gate', '--against', 'HEAD', '--looks', '24,15'], 'Expected `--looks` like 15,24,36'],
    [['selftest', '--recorded', '/nowhere'], 'There is no recorded noise at /nowhere'],
    [['trend', '--add', '/nowhere'], 'There is no result at /nowhere'],
    [['hitrate', '--trace', '/nowhere'], 'There is no trace at /nowhere'],
    [['hitrate', '--policies', 'luck'], 'There is no policy luck'],
    [['hitrate', '--seed', 'abc'], 'Expected `--seed` to be a whole number'],
  ])('%j is wrong usage, said in one line', (args, message) => {
    const { code, err } = bench(...args)

    expect(code).toBe(2)
    expect(err).toContain(message)
    expect(err.trim().split('\n')).toHaveLength(1)
  })

  it('compares, and writes what it found', { timeout: 60_000 }, () => {
    const json = join(folder, 'result.json')
    const { code, out } = bench('memory.store10k', '--runs', '2', '--time', '20', '--json', json)
    const history = join(folder, 'history.jsonl')
    const trend = bench('trend', '--add', json, '--history', history)

    expect(code).toBe(0)
    expect(out).toContain('lru-cache')
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({
      schema: 'holdfast.bench.compare.v1',
      runs: 2,
      cases: [{ id: 'memory.store10k' }],
    })
    expect(trend.code).toBe(0)
    expect(trend.out).toContain('memory.store10k · holdfast · time')
  })

  it('draws hit rates', () => {
    const svg = join(folder, 'rates.svg')
    const { code, out } = bench(
      'hitrate',
      '--trace',
      'loop',
      '--sizes',
      '10%,50%',
      '--policies',
      'lru,belady',
      '--svg',
      svg,
    )

    expect(code).toBe(0)
    expect(out).toMatch(/10 %\s+200\s+0\.00\s+9\.\d\d/)
    expect(readFileSync(svg, 'utf8')).toContain('<polyline')
  })
})
