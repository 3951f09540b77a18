import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './sources.ts'

/** A row of the table in `docs/architecture.md`. */
export interface Row {
  readonly name: string
  readonly floor: number
  readonly standsOn: readonly string[]
  readonly libraries: readonly string[]
}

/** The table of packages, as the documentation shows it. */
export function readTable(): readonly Row[] {
  const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
  const rows = text.split('\n').filter((line) => line.startsWith('| `'))
  return rows.map((line) => {
    const [, name, floor, standsOn, libraries] = line.split('|')
    return { name: names(name!)[0]!, floor: Number(floor), standsOn: names(standsOn!), libraries: names(libraries!) }
  })
}

function names(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!)
}
