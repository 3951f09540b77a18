const number = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

export const none = '–'

export function count(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return none
  return Math.abs(value) < 100_000
    ? number.format(Math.abs(value) < 100 ? value : Math.round(value))
    : compact.format(value)
}

export function percent(share: number | null | undefined): string {
  return share === null || share === undefined || !Number.isFinite(share) ? none : `${(share * 100).toFixed(1)} %`
}

export function ms(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return none
  if (value < 1) return `${Math.round(value * 1_000)} µs`
  return value < 1_000 ? `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms` : `${(value / 1_000).toFixed(2)} s`
}

export function bytes(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return none
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10))
  return `${(value / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`
}

/** A length of time, in words short enough for a cell. */
export function span(lengthMs: number): string {
  const seconds = Math.round(lengthMs / 1_000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`
}

export function time(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB')
}
