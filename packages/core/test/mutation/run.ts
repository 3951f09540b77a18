import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { mutate, type Mutant, type Mutated } from './mutants.ts'

/** What a process of mutants is told, in `HOLDFAST_MUTATION`. */
export interface Run {
  /** The mutants to try, in this order. */
  readonly ids: readonly number[]
  /** One JSON line for each thing that happens is appended here. */
  readonly log: string
}

/** What became of a mutant. */
export interface Judged {
  readonly type: 'judged'
  readonly id: number
  readonly verdict: Verdict
  /** The test that failed, and its error. */
  readonly by?: string
  readonly why?: string
}

/** What a process of mutants tells. */
export type Told =
  | { readonly type: 'begun'; readonly id: number }
  | Judged
  | { readonly type: 'failed'; readonly why: string }
  | { readonly type: 'finished' }

/**
 * - `killed`: a test failed.
 * - `endless`: a test did not end.
 * - `survived`: all tests that meet it passed.
 * - `unmet`: no test meets it.
 */
export type Verdict = 'killed' | 'endless' | 'survived' | 'unmet'

const source = join(import.meta.dirname, '../../src')

/** All files that are broken, each with its mutants. Every process numbers them alike. */
export function mutateAll(): ReadonlyMap<string, Mutated> {
  const files = new Map<string, Mutated>()
  let firstId = 0
  for (const name of readdirSync(source).sort()) {
    if (!name.endsWith('.ts') || /\.test(-d)?\.ts$/.test(name) || name === 'index.ts') continue
    const mutated = mutate(name, readFileSync(join(source, name), 'utf8'), firstId)
    firstId += mutated.mutants.length
    files.set(join(source, name), mutated)
  }
  return files
}

export function allMutants(): readonly Mutant[] {
  return [...mutateAll().values()].flatMap(({ mutants }) => mutants)
}
