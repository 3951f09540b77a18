/**
 * Run by a test with `--expose-gc`, the name of a payload and nothing else: fills a memory tier with values that have nothing in
 * common, and prints what the store thinks they take and what the heap grew by, in bytes.
 */
import { createCache } from '@holdfast/core'
import { memoryStore } from '@holdfast/memory'

import { payloads } from './heap-payloads.ts'

const warm = 2_000
const count = 32_000
const make = payloads[process.argv[2] as keyof typeof payloads]
const store = memoryStore({ maxBytes: '4gb' })
const cache = createCache({ memory: store, ttl: '1h' })

/** Text as it comes from a socket: bytes of its own, and not a view of a literal. */
const text = (of: string): string => Buffer.from(of).toString('latin1')

function heap(): number {
  for (let i = 0; i < 4; i++) globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const fill = async (from: number, to: number): Promise<void> => {
  for (let i = from; i < to; i++) await cache.set(text(`user:${i}`), make(i, text))
}

// What there is once, code included, is there before anything is weighed.
await fill(0, warm)
const before = { estimated: store.bytes ?? 0, heap: heap() }
await fill(warm, count)
const grown = heap() - before.heap
console.log(JSON.stringify({ size: store.size, estimated: (store.bytes ?? 0) - before.estimated, grown }))
await cache.close()
