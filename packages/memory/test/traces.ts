import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** Requests for keys, by number. */
export interface Trace {
  readonly name: string
  readonly requests: Uint32Array
  readonly unique: number
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Workloads of the usual kinds: popularity, a scan through it, keys asked for once, recency, and a loop. */
export function generatedTraces(length: number): readonly Trace[] {
  const random = randomOf(1)
  const popular = zipf(4_000, 0.99, random)
  const recent = zipf(4_000, 0.9, random)
  return [
    trace('zipf', length, () => popular()),
    trace('scan', length, (at) => (at % 2_000 < 300 ? 4_000 + (at % 9_000) : popular())),
    trace('churn', length, (at) => (random() < 0.2 ? 10_000 + at : popular())),
    trace('recency', length, (at) => 4_000 + (at >> 3) - recent()),
    trace('loop', length, (at) => at % 1_500),
  ]
}

/** The traces of a folder: gzipped text, a request a line, `key` or `key,size`. */
export function tracesOf(folder: string): readonly Trace[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.txt.gz'))
  return files.map((name) => {
    const lines = gunzipSync(readFileSync(join(folder, name)))
      .toString('latin1')
      .trimEnd()
      .split('\n')
    return trace(name.replace('.txt.gz', ''), lines.length, (at) => Number.parseInt(lines[at]!, 10))
  })
}

function trace(name: string, length: number, keyAt: (at: number) => number): Trace {
  const requests = Uint32Array.from({ length }, (_, at) => keyAt(at))
  return { name, requests, unique: new Set(requests).size }
}

function zipf(keys: number, exponent: number, random: () => number): () => number {
  const cumulative = new Float64Array(keys)
  let sum = 0
  for (let rank = 0; rank < keys; rank++) cumulative[rank] = sum += (rank + 1) ** -exponent
  return () => {
    const target = random() * sum
    let low = 0
    let high = keys - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (cumulative[middle]! > target) high = middle
      else low = middle + 1
    }
    return low
  }
}
