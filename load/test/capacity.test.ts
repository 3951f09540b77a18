import { createRandom } from '@holdfast/bench/stats/random'
import { describe, expect, it } from 'vitest'
import { judgeRate } from '../src/capacity/judge-rate.ts'
import { findCapacity, type Trial } from '../src/capacity/search.ts'
import { runOpenLoop } from '../src/engines/open.ts'
import { scheduleArrivals } from '../src/engines/schedule.ts'
import { startChild } from '../src/processes/child.ts'
import type { Traffic } from '../src/traffic/traffic.ts'

const traffic: Traffic = {
  catalog: [{ type: 'read', route: 'pricing', path: '/x', key: 'x' }],
  order: Uint32Array.of(0),
}
const serviceMs = 20
const p99Ms = 150

/** The highest rate at which 99 of 100 wait less than the promise for a server that takes one after the other (Lindley's recursion). */
function expectedLimit(): number {
  for (let rate = 1_000 / serviceMs; ; rate *= 0.99) {
    const random = createRandom(7)
    const waits = new Float64Array(200_000)
    for (let i = 1; i < waits.length; i++) {
      const gapMs = (-Math.log(1 - random.next()) * 1_000) / rate
      waits[i] = Math.max(0, waits[i - 1]! + serviceMs - gapMs)
    }
    if (waits.sort()[Math.floor(waits.length * 0.99)]! + serviceMs < p99Ms) return rate
  }
}

describe('capacity', () => {
  it('of a server with one queue is what queueing theory says', { timeout: 120_000 }, async () => {
    const env = { SERVICE_MS: String(serviceMs), QUEUE: '1' }
    await using stub = startChild<{ port: number }>(new URL('stub-server.ts', import.meta.url), { env })
    const { port } = await stub.next()
    const tryRate = async (rate: number): Promise<Trial> => {
      const arrivals = scheduleArrivals('poisson', { rate, durationMs: 12_000, seed: Math.round(rate * 1_000) })
      const urls = [`http://127.0.0.1:${port}`]
      const { samples } = await runOpenLoop({ urls, traffic, arrivals, timeoutMs: 5_000, maxConnections: 1_000 })
      return judgeRate(samples, { p99Ms, errors: 0.001 }, 1_000)
    }

    const { held } = await findCapacity(tryRate, { startRate: 29, confirmations: 0 })

    const expected = expectedLimit()
    expect(held / expected).toBeGreaterThan(0.7)
    expect(held / expected).toBeLessThan(1.15)
  })
})
