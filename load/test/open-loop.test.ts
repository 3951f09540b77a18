import { quantile } from '@holdfast/bench/stats/quantile'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { runOpenLoop } from '../src/engines/open.ts'
import type { RunResult } from '../src/engines/run-result.ts'
import { scheduleArrivals } from '../src/engines/schedule.ts'
import { placesOf, sortedColumn, type Slice } from '../src/measure/slice.ts'
import { startChild, type Child } from '../src/processes/child.ts'
import type { Traffic } from '../src/traffic/traffic.ts'

const traffic: Traffic = {
  catalog: [{ type: 'read', route: 'pricing', path: '/x', key: 'x' }],
  order: Uint32Array.of(0),
}

interface Stub extends AsyncDisposable {
  readonly child: Child<{ readonly port: number }>
  readonly url: string
  readonly port: number
}

async function startStub(serviceMs: number, port = 0): Promise<Stub> {
  const env = { SERVICE_MS: String(serviceMs), PORT: String(port) }
  const child = startChild<{ port: number }>(new URL('stub-server.ts', import.meta.url), { env })
  const ready = await child.next()
  return { child, ...ready, url: `http://127.0.0.1:${ready.port}`, [Symbol.asyncDispose]: () => child.stop() }
}

function run(url: string, shape: { readonly rate: number; readonly durationMs: number }): Promise<RunResult> {
  const arrivals = scheduleArrivals('poisson', { ...shape, seed: 1 })
  return runOpenLoop({ urls: [url], traffic, arrivals, timeoutMs: 5_000, maxConnections: 1_000 })
}

function p50({ samples }: RunResult, slice: Slice = {}): number {
  return quantile(sortedColumn(samples, slice, 'latency'), 0.5)
}

describe('the open loop', () => {
  it('measures what a server takes: 50 ms are 50 to 55', async () => {
    await using stub = await startStub(50)

    const result = await run(stub.url, { rate: 100, durationMs: 3_000 })

    const inside = (await (await fetch(`${stub.url}/took`)).json()) as { median: number; count: number }
    expect(inside.count).toBe(result.samples.count)
    expect(placesOf(result.samples, { faults: ['none'] })).toHaveLength(result.samples.count)
    expect(p50(result)).toBeGreaterThan(50)
    // On a machine that is busy with other things the server itself is late: that is not the engine's.
    expect(p50(result) - inside.median).toBeLessThan(5)
  })

  it('sees a server that stands still for 2 s of 6 as every user who comes meanwhile does', async () => {
    await using stub = await startStub(2)

    const running = run(stub.url, { rate: 100, durationMs: 6_000 })
    await sleep(2_000)
    process.kill(stub.child.pid, 'SIGSTOP')
    await sleep(2_000)
    process.kill(stub.child.pid, 'SIGCONT')
    const { samples } = await running

    const latency = sortedColumn(samples, {}, 'latency')
    const slow = latency.filter((ms) => ms > 100).length / samples.count
    expect(slow).toBeGreaterThan(0.3)
    expect(slow).toBeLessThan(0.37)
    expect(latency.at(-1)).toBeGreaterThan(1_800)
  })

  it('measures after a restart of the server as it did before', async () => {
    const first = await startStub(20)

    const running = run(first.url, { rate: 100, durationMs: 5_000 })
    await sleep(1_500)
    process.kill(first.child.pid, 'SIGKILL')
    await sleep(700)
    await using second = await startStub(20, first.port)
    const result = await running

    const before = p50(result, { toMs: 1_400 })
    expect(placesOf(result.samples, { toMs: 1_400, faults: ['none'] }).length).toBeGreaterThan(50)
    expect(placesOf(result.samples, { faults: ['connection'] }).length).toBeGreaterThan(20)
    expect(placesOf(result.samples, { fromMs: 4_000, faults: ['none'] })).toEqual(
      placesOf(result.samples, { fromMs: 4_000 }),
    )
    expect(p50(result, { fromMs: 4_000 }) / before).toBeGreaterThan(0.8)
    expect(p50(result, { fromMs: 4_000 }) / before).toBeLessThan(1.2)
    expect(second.port).toBe(first.port)
  })

  it('counts what it had to drop and what took too long, with the time it took', async () => {
    await using stub = await startStub(300)
    const arrivals = Float64Array.from({ length: 6 }, (_, index) => index)

    const { samples } = await runOpenLoop({ urls: [stub.url], traffic, arrivals, timeoutMs: 100, maxConnections: 4 })

    expect(placesOf(samples, { faults: ['dropped'] })).toHaveLength(2)
    expect(placesOf(samples, { faults: ['timeout'] })).toHaveLength(4)
    expect(sortedColumn(samples, { faults: ['timeout'] }, 'latency')[0]).toBeGreaterThanOrEqual(99)
  })

  it('takes no answer for a time-out that came while it stood still itself', async () => {
    await using stub = await startStub(50)

    const arrivals = Float64Array.of(0, 1, 2)
    const running = runOpenLoop({ urls: [stub.url], traffic, arrivals, timeoutMs: 300, maxConnections: 10 })
    await sleep(30)
    const standing = performance.now()
    while (performance.now() - standing < 600);
    const { samples } = await running

    expect(placesOf(samples, { faults: ['none'] })).toHaveLength(3)
  })

  it('tells that it was late itself', async () => {
    await using stub = await startStub(1)

    const running = run(stub.url, { rate: 200, durationMs: 1_000 })
    await sleep(300)
    const standing = performance.now()
    while (performance.now() - standing < 200);
    const { samples, generator } = await running

    expect(sortedColumn(samples, {}, 'lag').at(-1)).toBeGreaterThan(100)
    expect(generator.loopDelayMaxMs).toBeGreaterThan(150)
  })
})
