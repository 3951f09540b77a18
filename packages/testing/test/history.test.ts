import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { checkHistory } from '../src/history/index.ts'
import { isAlive } from './is-alive.ts'

function moduleNamed(name: string): URL {
  return pathToFileURL(`${import.meta.dirname}/${name}`)
}

describe('checkHistory', () => {
  it('finds what a plain GET, load, SET and DEL do wrong, and tells the shortest history of it', async () => {
    const report = await checkHistory({
      cacheModule: moduleNamed('naive-cache.ts'),
      seconds: 4,
      seed: 1,
      workers: 3,
      faults: [],
    })

    expect(report.counts).toMatchObject({ FOREIGN: 0, FAILURE: 0 })
    expect(report.counts.LOCAL).toBeGreaterThan(0)
    expect(report.text).toMatch(/^(LOCAL|REMOTE): worker \d read version \d+ of |^LASTING: /m)
    expect(report.text).toMatch(/begins to load\n[\s\S]*issues delete [\s\S]*acknowledged\n[\s\S]*← /)
    expect(report.text).toContain('history --seed 1 --seconds 4 --workers 3 --mode invalidate --faults none')
  }, 30_000)

  it('finds nothing wrong where nothing is cached, whatever fails', async () => {
    const report = await checkHistory({
      cacheModule: moduleNamed('pass-through-cache.ts'),
      seconds: 5,
      seed: 2,
      workers: 2,
      roundSeconds: 5,
      faults: ['freeze', 'stopWorker', 'restartEmpty', 'evict', 'blackHole'],
    })

    expect(report.complaint).toBe('')
    expect(report.reads).toBeGreaterThan(200)
    expect(report.invalidations).toBeGreaterThan(20)
    expect([...report.faults.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0)
  }, 60_000)

  it('finds a process that dies, and leaves none', async () => {
    const report = await checkHistory({
      cacheModule: moduleNamed('dying-cache.ts'),
      seconds: 1,
      seed: 3,
      workers: 1,
      faults: [],
    })

    const pid = /pid (\d+)/.exec(report.text)?.[1]
    expect(report.counts.FAILURE).toBeGreaterThan(0)
    expect(report.text).toContain('FAILURE: worker 0, halt: The worker ended with code 1. It said:')
    expect(isAlive(Number(pid))).toBe(false)
  }, 30_000)
})
