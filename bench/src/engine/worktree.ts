import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { InfrastructureError, UsageError } from '../exit.ts'
import { git, repositoryRoot } from './repository.ts'

/** A build to measure: a folder with our sources and their libraries. */
export interface Checkout {
  readonly root: string
  /** The commit, or the folder's name where it is not a commit that was asked for. */
  readonly name: string
  /** Of everything that runs: the packages' sources and manifests, and the lockfile. */
  readonly hash: string
}

/** Older checkouts are removed when there are more. */
const kept = 3

/** The working tree of a folder, as it is now. */
export function openFolder(root: string): Checkout {
  if (!existsSync(join(root, 'packages', 'core'))) throw new UsageError(`${root} is no checkout of Holdfast.`)
  const commit = git(['rev-parse', '--short', 'HEAD'], root)
  const isDirty = git(['status', '--porcelain', '--', 'packages'], root) !== ''
  return { root, name: commit === undefined ? root : `${commit}${isDirty ? ' with changes' : ''}`, hash: hashOf(root) }
}

/**
 * A commit, checked out beside the repository and installed from its own lockfile; kept for the next time.
 *
 * @throws {UsageError} when there is no such commit
 * @throws {InfrastructureError} when it cannot be checked out or installed
 */
export function openCommit(ref: string, report: (line: string) => void): Checkout {
  const sha = git(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`])
  if (sha === undefined || sha === '') throw new UsageError(`There is no commit ${ref}.`)
  const parent = join(repositoryRoot, '.bench', 'wt')
  const root = join(parent, sha)
  const ready = join(root, 'node_modules', '.bench-ready')
  if (!existsSync(ready)) {
    report(`Checking out and installing ${sha.slice(0, 10)}.`)
    mkdirSync(parent, { recursive: true })
    removeWorktree(root)
    run('git', ['-C', repositoryRoot, 'worktree', 'add', '--detach', '--force', root, sha], repositoryRoot)
    install(root)
    writeFileSync(ready, '')
  }
  prune(parent, root)
  return { root, name: sha.slice(0, 10), hash: hashOf(root) }
}

/** What `--against` names: a folder that is a checkout, or else a commit. */
export function openAgainst(against: string, report: (line: string) => void): Checkout {
  return existsSync(join(against, 'packages', 'core')) ? openFolder(resolve(against)) : openCommit(against, report)
}

function install(root: string): void {
  const runner = process.env['npm_execpath'] ?? ''
  const args = ['install', '--frozen-lockfile', '--prefer-offline']
  if (/pnpm(\.[cm]?js)?$/.test(runner)) {
    if (runner.endsWith('js')) run(process.execPath, [runner, ...args], root)
    else run(runner, args, root)
  } else run('npx', ['-y', 'pnpm@12', ...args], root)
}

function run(command: string, args: readonly string[], cwd: string): void {
  try {
    execFileSync(command, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      env: { ...process.env, CI: 'true' },
    })
  } catch (error) {
    const { stderr = '', stdout = '', message } = error as Error & { stderr?: string; stdout?: string }
    throw new InfrastructureError(
      `${command} ${args[0]} failed: ${(stderr || stdout || message).trim().slice(-1_500)}`,
      { cause: error },
    )
  }
}

function removeWorktree(root: string): void {
  git(['worktree', 'remove', '--force', root])
  rmSync(root, { recursive: true, force: true })
  git(['worktree', 'prune'])
}

function prune(parent: string, current: string): void {
  const others = readdirSync(parent)
    .map((name) => join(parent, name))
    .filter((path) => path !== current)
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
  for (const path of others.slice(kept)) removeWorktree(path)
}

/** A hash over names and contents, without tests: what they say changes nothing that runs. */
function hashOf(root: string): string {
  const hash = createHash('sha256')
  const add = (path: string): void => {
    if (!existsSync(join(root, path))) return
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0')
  }
  for (const name of readdirSync(join(root, 'packages')).sort()) {
    add(join('packages', name, 'package.json'))
    for (const file of sourcesIn(join(root, 'packages', name, 'src'))) add(join('packages', name, 'src', file))
  }
  add('pnpm-lock.yaml')
  return hash.digest('hex')
}

function sourcesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|lua|json)$/.test(name) && !/\.test(-d)?\.ts$/.test(name))
    .sort()
}
