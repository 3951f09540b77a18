import type { Policy } from './policy.ts'

/**
 * The bound no policy can pass: evict what is needed last, and do not keep what is needed later than everything kept.
 *
 * Source: L. Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems Journal 5 (1966).
 */
export const belady: Policy = {
  name: 'belady',
  hits({ requests, unique }, capacity) {
    const next = nextUses(requests, unique)
    const isCached = new Uint8Array(unique)
    const needed = new MaxHeap(requests.length)
    let size = 0
    let hits = 0
    for (const [at, key] of requests.entries()) {
      const nextUse = next[at] ?? requests.length
      if (isCached[key] === 1) hits++
      size += (nextUse < requests.length ? 1 : 0) - (isCached[key] ?? 0)
      isCached[key] = nextUse < requests.length ? 1 : 0
      if (nextUse < requests.length) needed.push(nextUse)
      if (size <= capacity) continue
      // Uses that are past stay in the heap: they are smaller than any that is to come, and so never on top.
      isCached[requests[needed.pop()] ?? 0] = 0
      size--
    }
    return hits
  },
}

/** For each request, the position of the next one for its key, or the length of the trace. */
function nextUses(requests: Uint32Array, unique: number): Uint32Array {
  const next = new Uint32Array(requests.length)
  const upcoming = new Uint32Array(unique).fill(requests.length)
  for (let at = requests.length - 1; at >= 0; at--) {
    const key = requests[at] ?? 0
    next[at] = upcoming[key] ?? 0
    upcoming[key] = at
  }
  return next
}

class MaxHeap {
  readonly #values: Uint32Array
  #size = 0

  constructor(capacity: number) {
    this.#values = new Uint32Array(capacity + 1)
  }

  push(value: number): void {
    const values = this.#values
    let at = ++this.#size
    while (at > 1 && (values[at >> 1] ?? 0) < value) {
      values[at] = values[at >> 1] ?? 0
      at >>= 1
    }
    values[at] = value
  }

  pop(): number {
    const values = this.#values
    const top = values[1] ?? 0
    const moved = values[this.#size--] ?? 0
    let at = 1
    for (;;) {
      let child = at * 2
      if (child > this.#size) break
      if (child < this.#size && (values[child + 1] ?? 0) > (values[child] ?? 0)) child++
      if ((values[child] ?? 0) <= moved) break
      values[at] = values[child] ?? 0
      at = child
    }
    values[at] = moved
    return top
  }
}
