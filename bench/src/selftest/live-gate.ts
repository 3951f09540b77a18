import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { repositoryRoot } from '../engine/repository.ts'
import { openCommit } from '../engine/worktree.ts'
import type { GateResult } from '../gate/result.ts'

const cli = fileURLToPath(new URL('../cli.ts', import.meta.url))
/** Where the runs leave their reports. */
export const folder: string = join(repositoryRoot, '.bench', 'selftest')

/** How a gate ended, and what it wrote. */
export interface Run {
  readonly code: number
  readonly output: string
  readonly result: GateResult | undefined
}

/** Runs `pnpm bench gate` as a caller would. */
export function runGate(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
  mkdirSync(folder, { recursive: true })
  const path = (ending: string): string => join(folder, `${name}.${ending}`)
  for (const ending of ['json', 'md', 'html', 'junit']) rmSync(path(ending), { force: true })
  const reports = ['json', 'md', 'html', 'junit'].flatMap((ending) => [`--${ending}`, path(ending)])
  const flags = ['--conditions=@holdfast/source', cli, 'gate', ...args, ...reports]
  const { status, stdout, stderr } = spawnSync(process.execPath, flags, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  const json = path('json')
  return {
    code: status ?? -1,
    output: `${stdout}\n${stderr}`,
    result: existsSync(json) ? (JSON.parse(readFileSync(json, 'utf8')) as GateResult) : undefined,
  }
}

export function filters(ids: readonly string[]): readonly string[] {
  return ids.flatMap((id) => ['--filter', id])
}

/** The commit that all live runs use as a base: installed once. */
export function original(): string {
  return openCommit('HEAD', (line) => console.error(line)).root
}

export function tail(run: Run): string {
  return `exit ${run.code}: ${run.output.trim().split('\n').slice(-3).join(' / ')}`
}
