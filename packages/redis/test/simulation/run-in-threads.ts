import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Seeds, SeedsReport } from './run-seeds.ts'

/** Runs seeds in as many threads as there are cores. */
export async function runInThreads({ from, count, ...rest }: Seeds): Promise<SeedsReport> {
  const threads = Math.min(availableParallelism(), 4)
  const share = Math.ceil(count / threads)
  const reports = await Promise.all(
    Array.from({ length: threads }, (_, thread) =>
      runInThread({ ...rest, from: from + thread * share, count: Math.min(share, count - thread * share) }),
    ),
  )
  return {
    seeds: count,
    reads: reports.reduce((sum, { reads }) => sum + reads, 0),
    invalidations: reports.reduce((sum, { invalidations }) => sum + invalidations, 0),
    failures: reports.flatMap(({ failures }) => failures),
  }
}

async function runInThread(seeds: Seeds): Promise<SeedsReport> {
  const worker = new Worker(new URL('./seeds-thread.ts', import.meta.url), {
    workerData: seeds,
    execArgv: ['--conditions=@holdfast/source'],
  })
  try {
    const [report] = (await once(worker, 'message')) as [SeedsReport]
    return report
  } finally {
    await worker.terminate()
  }
}
