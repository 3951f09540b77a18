/** A process that generates load: it has an event loop of its own, so that what it measures is the server. */
import { makeTraffic } from '../traffic/traffic.ts'
import type { GeneratorMessage, Job } from './job.ts'
import { runOpenLoop, type Progress } from './open.ts'
import type { RunResult } from './run-result.ts'
import { runSaturation } from './saturate.ts'
import { scheduleArrivals } from './schedule.ts'

process.once('disconnect', () => process.exit(0))
process.on('SIGINT', () => {})

process.on('message', (message: Job) => {
  run(message).then(
    (result) => tell({ type: 'result', result }),
    (error: unknown) => tell({ type: 'failed', error: error instanceof Error ? error.message : String(error) }),
  )
})

tell({ type: 'ready' })

function run(job: Job): Promise<RunResult> {
  const onProgress = (progress: Progress): void => tell({ type: 'progress', progress })
  const { timeoutMs } = job
  if (job.engine === 'saturate') {
    const { url, connections } = job
    return runSaturation({ url, connections, timeoutMs, traffic: makeTraffic(job.traffic), onProgress })
  }
  const { seed } = job.traffic
  const arrivals = scheduleArrivals(job.arrivals, { rate: job.rate, durationMs: job.durationMs, seed })
  const traffic =
    job.entries === undefined
      ? makeTraffic({ ...job.traffic, count: Math.max(1, arrivals.length) })
      : { catalog: job.entries, order: Uint32Array.from(job.entries.keys()) }
  const { urls, writeUrls, maxConnections } = job
  return runOpenLoop({
    urls,
    ...(writeUrls === undefined ? {} : { writeUrls }),
    traffic,
    arrivals,
    timeoutMs,
    maxConnections,
    onProgress,
  })
}

function tell(message: GeneratorMessage): void {
  process.send?.(message)
}
