/** A length of time with three significant digits: `41 ns`, `1.25 µs`, `312 µs`, `4.1 ms`. */
export function formatMs(ms: number): string {
  if (!Number.isFinite(ms)) return '–'
  if (ms < 1e-3) return `${digits(ms * 1e6)} ns`
  if (ms < 1) return `${digits(ms * 1e3)} µs`
  if (ms < 1_000) return `${digits(ms)} ms`
  return `${digits(ms / 1_000)} s`
}

/** A ratio: `0.38`, `1.04`, `22.1`. */
export function formatRatio(ratio: number): string {
  if (!Number.isFinite(ratio)) return '–'
  return ratio < 10 ? ratio.toFixed(2) : ratio < 100 ? ratio.toFixed(1) : ratio.toFixed(0)
}

export function formatPercent(share: number): string {
  return `${share >= 0 ? '+' : '−'}${Math.abs(share * 100).toFixed(1)} %`
}

/** A wall-clock length for people: `8 s`, `3 min 20 s`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

function digits(value: number): string {
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0)
}
