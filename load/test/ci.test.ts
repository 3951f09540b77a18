import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { planClaims, selectClaims } from '../src/claims/options.ts'
import { parseLoadGateOptions } from '../src/gate/options.ts'
import { parseRunOptions } from '../src/run/options.ts'
import { selectScenarios } from '../src/scenarios/catalog.ts'
import { thresholds } from '../src/thresholds.ts'
import { planOf } from '../src/verdict/plan.ts'

const root = resolve(import.meta.dirname, '../..')
const workflows = join(root, '.github/workflows')
const scripts = readdirSync(join(root, '.ci')).filter((name) => name !== 'steps.sh')

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

describe('the workflows', () => {
  it.each(readdirSync(workflows))('%s runs nothing but scripts of ours', (name) => {
    const runs = [...readFileSync(join(workflows, name), 'utf8').matchAll(/^\s*-? *run: *(.*)$/gm)].map(
      ([, run]) => run!,
    )

    expect(runs.length).toBeGreaterThan(0)
    for (const run of runs) {
      expect(run).toMatch(/^bash \.ci\/[a-z-]+( "[^"]+")?$/)
      expect(existsSync(join(root, /\.ci\/[a-z-]+/.exec(run)![0]))).toBe(true)
    }
  })
})

describe.each(scripts)('.ci/%s', (name) => {
  /** Words of each call of pnpm; what a shell fills in stands as a word, too. */
  const calls = [
    ...read(`.ci/${name}`)
      .replaceAll('\\\n', ' ')
      .matchAll(/(?:npx -y pnpm@12|\bpn) (.*)$/gm),
  ]
    .map(([, call]) => call!)
    .filter((call) => !call.startsWith('"'))

  it('calls scripts that there are', () => {
    const { scripts: own } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

    for (const call of calls) {
      const filtered = /^--filter @holdfast\/(\S+) (\S+)/.exec(call)
      const known =
        filtered === null
          ? own
          : (JSON.parse(read(`packages/${filtered[1]}/package.json`)) as { scripts: Record<string, string> }).scripts
      const command = filtered?.[2] ?? call.split(' ')[0]!
      expect(['install', ...Object.keys(known)]).toContain(command)
    }
  })

  it.skipIf(name === 'publish')('asks the load for what there is', () => {
    const loads = calls
      .filter((call) => call.startsWith('load '))
      .map((call) =>
        call
          .replaceAll(/\$\(\([^)]*\)\)|\$\([^)]*\)/g, '')
          .replaceAll(/"?\$\w+"?/g, '7')
          .split(' ')
          .filter((word) => word !== '')
          .slice(1),
      )

    for (const [command = '', ...args] of loads) {
      if (command === 'gate') parseLoadGateOptions(args.map((arg) => (arg === '""' ? '7' : arg)))
      else if (command === 'claims')
        parseRunOptions(withoutHoles(args), (names, expected) => planClaims(selectClaims(names, expected)))
      else
        parseRunOptions(withoutHoles([command, ...args]), (names) =>
          selectScenarios(names).map((scenario) => ({ scenario, plan: planOf(scenario, thresholds[scenario.name]) })),
        )
    }
    expect(loads.length).toBeGreaterThan(0)
  })
})

/** A computed number left its option empty. */
function withoutHoles(args: readonly string[]): readonly string[] {
  return args.map((arg) => (arg === '""' ? '7' : arg))
}
