/** The mean of the fastest half: what a slice costs when nothing else got in its way. */
export function fastestHalf(times: readonly number[]): number {
  const sorted = Float64Array.from(times).sort()
  const half = Math.max(1, sorted.length >> 1)
  let sum = 0
  for (let i = 0; i < half; i++) sum += sorted[i] ?? 0
  return sum / half
}

/** The plain sum: it keeps the tails that {@link fastestHalf} leaves out (garbage collection, a table that grows). */
export function total(times: readonly number[]): number {
  return times.reduce((sum, time) => sum + time, 0)
}
