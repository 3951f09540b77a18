/** The largest batch that goes out as one command. */
export interface BatchLimits {
  readonly maxKeys: number
  readonly maxBytes: number
}

/** Cuts a list into runs within the limits. An item that is too large alone is a run of its own. */
export function chunks<T>(
  items: readonly T[],
  limits: BatchLimits,
  sizeOf: (item: T) => number,
): readonly (readonly T[])[] {
  if (fits(items, limits, sizeOf)) return [items]
  const runs: T[][] = []
  let run: T[] = []
  let bytes = 0
  for (const item of items) {
    const size = sizeOf(item)
    if (run.length > 0 && (run.length >= limits.maxKeys || bytes + size > limits.maxBytes)) {
      runs.push(run)
      run = []
      bytes = 0
    }
    run.push(item)
    bytes += size
  }
  if (run.length > 0) runs.push(run)
  return runs
}

function fits<T>(items: readonly T[], limits: BatchLimits, sizeOf: (item: T) => number): boolean {
  if (items.length === 0 || items.length > limits.maxKeys) return false
  let bytes = 0
  for (const item of items) bytes += sizeOf(item)
  return bytes <= limits.maxBytes
}
