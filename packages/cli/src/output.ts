/** Where the command writes. */
export interface Streams {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/** Writes for people, or for programs with `--json`: then stdout holds one JSON value, or one a line. */
export class Output {
  readonly isJson: boolean
  readonly #streams: Streams

  constructor(streams: Streams, isJson: boolean) {
    this.#streams = streams
    this.isJson = isJson
  }

  /** The result, in the form that was asked for. */
  result(json: unknown, human: () => string): void {
    this.#streams.out(`${this.isJson ? JSON.stringify(json, plain, 2) : human()}\n`)
  }

  /** One of several results, each on a line. */
  line(json: unknown, human: () => string): void {
    this.#streams.out(`${this.isJson ? JSON.stringify(json, plain) : human()}\n`)
  }

  /** What is said besides the result. */
  note(text: string): void {
    this.#streams.err(`${text}\n`)
  }
}

/** What JSON has no form for: bytes as base64, maps as pairs, large integers as text. */
function plain(this: unknown, _name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Map) return [...value]
  if (value instanceof Set) return [...value]
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return value
}

/** Names and values under each other. */
export function table(rows: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

/** A length of time for people. */
export function showMs(ms: number): string {
  if (ms < 1_000) return `${ms < 10 ? ms.toFixed(2) : ms.toFixed(0)} ms`
  const seconds = ms / 1_000
  if (seconds < 120) return `${seconds.toFixed(0)} s`
  return seconds < 7_200 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3_600).toFixed(1)} h`
}

export function showBytes(bytes: number): string {
  return bytes < 2 ** 20 ? `${(bytes / 2 ** 10).toFixed(1)} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`
}
