import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

import type { CompareResult } from '../compare/result.ts'
import { git, repositoryRoot } from '../engine/repository.ts'
import { InfrastructureError, UsageError } from '../exit.ts'

/** One run in the history: figures by series, and where they come from. */
export interface HistoryEntry {
  readonly at: string
  readonly commit: string | undefined
  /** Figures of different machines are different histories. */
  readonly machine: string
  /** Ratios of ours to the baseline of the case, by `case · contender · metric`. */
  readonly values: Readonly<Record<string, number>>
}

/** Where a history is kept: a file, or a file of that name in a branch that nobody checks out. */
export interface HistoryPlace {
  readonly file: string
  readonly branch?: string
}

/** What a run adds to the history: ratios, which say more over months than times do. */
export function entryOf(result: CompareResult): HistoryEntry {
  const { startedAt, commit, environment, cases } = result
  const values: Record<string, number> = {}
  for (const { id, metric, baseline, contenders } of cases) {
    for (const { name, ratio } of contenders) {
      if (name.startsWith('holdfast') && name !== baseline) values[`${id} · ${name} · ${metric}`] = ratio[metric].value
    }
  }
  return {
    at: startedAt,
    commit,
    machine: `${environment.cpu} × ${environment.cpuCount}, Node ${environment.node.split('.', 1)[0]}`,
    values,
  }
}

/** Entries in the order of their time. Nothing there yet is an empty history. */
export function readHistory({ file, branch }: HistoryPlace): readonly HistoryEntry[] {
  const text =
    branch === undefined
      ? existsSync(file)
        ? readFileSync(file, 'utf8')
        : ''
      : (git(['show', `${branch}:${file}`]) ?? '')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, i) => parseEntry(line, i))
    .sort((a, b) => a.at.localeCompare(b.at))
}

/** Adds an entry; the same run twice is one. */
export function addToHistory(place: HistoryPlace, entry: HistoryEntry): void {
  const others = readHistory(place).filter(({ at, machine }) => at !== entry.at || machine !== entry.machine)
  const text = [...others, entry].map((one) => `${JSON.stringify(one)}\n`).join('')
  if (place.branch === undefined) writeFileSync(place.file, text)
  else commitToBranch(place.branch, place.file, text)
}

/** Writes a commit with one file onto a branch, without touching the working tree or the index. */
function commitToBranch(branch: string, file: string, text: string): void {
  const run = (args: readonly string[], input?: string): string =>
    execFileSync('git', ['-C', repositoryRoot, ...args], {
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
    }).trim()
  try {
    const blob = run(['hash-object', '-w', '--stdin'], text)
    const parent = git(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`])
    const others = parent === undefined ? '' : run(['ls-tree', parent])
    const kept = others.split('\n').filter((line) => line !== '' && !line.endsWith(`\t${file}`))
    const tree = run(['mktree'], [...kept, `100644 blob ${blob}\t${file}`].map((line) => `${line}\n`).join(''))
    const commit = run([
      'commit-tree',
      tree,
      ...(parent === undefined ? [] : ['-p', parent]),
      '-m',
      'chore: bench history',
    ])
    run(['update-ref', `refs/heads/${branch}`, commit, ...(parent === undefined ? [] : [parent])])
  } catch (error) {
    throw new InfrastructureError(`The history could not be written to ${branch}: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

function parseEntry(line: string, index: number): HistoryEntry {
  try {
    const entry = JSON.parse(line) as HistoryEntry
    if (typeof entry.at === 'string' && typeof entry.values === 'object') return entry
  } catch {
    // Said below, with the line's number.
  }
  throw new UsageError(`Line ${index + 1} of the history is no entry.`)
}
