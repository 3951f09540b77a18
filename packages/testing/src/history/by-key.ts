import type { CoveredKey } from './history.ts'

interface Column {
  /** In the order of their acknowledgements. */
  readonly covered: readonly CoveredKey[]
  /** The highest version up to and including each. */
  readonly highest: Float64Array
}

/** Invalidations, to be asked which a read has missed: two binary searches a read. */
export class ByKey {
  readonly #columns: ReadonlyMap<string, Column>

  constructor(covered: readonly CoveredKey[], keyOf: (covered: CoveredKey) => string) {
    const groups = new Map<string, CoveredKey[]>()
    for (const each of covered) {
      const key = keyOf(each)
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [each])
      else group.push(each)
    }
    this.#columns = new Map([...groups].map(([key, group]) => [key, columnOf(group)]))
  }

  /** The first to be acknowledged, before the read began, of those with a newer version than it returned. */
  firstMissed(key: string, read: { readonly start: number; readonly version: number }): CoveredKey | undefined {
    const column = this.#columns.get(key)
    if (column === undefined) return undefined
    // The highest version so far only grows: the first position where it is newer is the first one missed.
    const at = firstIndex(column.highest.length, (index) => column.highest[index]! > read.version)
    const missed = column.covered[at]
    return missed !== undefined && missed.by.ack < read.start ? missed : undefined
  }
}

function columnOf(group: readonly CoveredKey[]): Column {
  const covered = group.toSorted((a, b) => a.by.ack - b.by.ack)
  const highest = new Float64Array(covered.length)
  let most = 0
  for (const [at, { version }] of covered.entries()) {
    most = Math.max(most, version)
    highest[at] = most
  }
  return { covered, highest }
}

/** The first index for which a condition holds that holds for all after it; the length when there is none. */
function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
