interface Window {
  readonly start: number
  readonly end: number
}

/** Stretches of time, to be asked how much of an interval they cover. */
export class Windows {
  readonly #merged: readonly Window[]

  constructor(windows: readonly Window[]) {
    const merged: { start: number; end: number }[] = []
    for (const { start, end } of windows.toSorted((a, b) => a.start - b.start)) {
      const last = merged.at(-1)
      if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end)
      else merged.push({ start, end })
    }
    this.#merged = merged
  }

  static byWorker(windows: readonly (Window & { readonly worker: number })[]): ReadonlyMap<number, Windows> {
    const workers = new Set(windows.map(({ worker }) => worker))
    return new Map(
      [...workers].map((worker) => [worker, new Windows(windows.filter((each) => each.worker === worker))]),
    )
  }

  /** How many milliseconds of the interval they cover. */
  overlap(from: number, to: number): number {
    let sum = 0
    for (const { start, end } of this.#merged) {
      if (start >= to) break
      sum += Math.max(0, Math.min(end, to) - Math.max(start, from))
    }
    return sum
  }
}
