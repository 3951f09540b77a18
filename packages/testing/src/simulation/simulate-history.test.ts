import { describe, expect, it } from 'vitest'
import type { CheckedCache, CheckedValue } from '../history/checked-cache.ts'
import { simulatedFaults, simulateHistory, SimulatedRedis, type SimulatedHistory, type SimulatedLink } from './index.ts'

type Link = SimulatedLink<Error, Error>

const errors = { reply: (line: string) => new Error(line), closed: (message: string) => new Error(message) }

/** Keeps nothing: every read is a load. */
function passThrough(): CheckedCache {
  return {
    getOrSet: async (_key, load) => load(),
    delete: async () => {},
    invalidateTags: async () => {},
    clear: async () => {},
    close: async () => {},
  }
}

/** What one writes in an afternoon: look, else load and store; delete when something changes. */
function naive(link: Link): CheckedCache {
  const get = async (key: string): Promise<CheckedValue | undefined> => {
    const [reply] = await link.send([['GET', key]])
    return Buffer.isBuffer(reply) ? (JSON.parse(reply.toString()) as CheckedValue) : undefined
  }
  return {
    getOrSet: async (key, load) => {
      try {
        const found = await get(key)
        if (found !== undefined) return found
      } catch {
        return load()
      }
      const loaded = await load()
      await link.send([['SET', key, JSON.stringify(loaded)]]).catch(() => {})
      return loaded
    },
    delete: async (key) => {
      await link.send([['DEL', String(key)]]).catch(() => {})
    },
    close: async () => link.close(),
  }
}

function play(seed: number, make: (link: Link) => CheckedCache): Promise<SimulatedHistory> {
  return simulateHistory({
    seed,
    makeRedis: (world) => new SimulatedRedis(world, { errors }),
    makeCache: ({ connector }) => make(connector.connect()),
  })
}

describe('simulateHistory', () => {
  it('finds nothing wrong with a cache that keeps nothing, whatever happens', async () => {
    let reads = 0
    for (let seed = 1; seed <= 20; seed += 1) {
      const { verdict, story } = await play(seed, passThrough)
      expect([seed, story]).toEqual([seed, []])
      reads += verdict.reads
    }

    expect(reads).toBeGreaterThan(1_000)
  })

  it('finds what is wrong with the usual one, and tells the shortest history of it', async () => {
    const found = { LOCAL: 0, REMOTE: 0, LASTING: 0 }
    let story: readonly string[] = []
    for (let seed = 1; seed <= 20; seed += 1) {
      const played = await play(seed, naive)
      found.LOCAL += played.verdict.counts.LOCAL
      found.REMOTE += played.verdict.counts.REMOTE
      found.LASTING += played.verdict.counts.LASTING
      if (played.story.length > 0) ({ story } = played)
    }

    expect(found.LOCAL).toBeGreaterThan(0)
    expect(found.REMOTE).toBeGreaterThan(0)
    expect(found.LASTING).toBeGreaterThan(0)
    expect(story[0]).toMatch(/^(LOCAL|REMOTE|LASTING|FAILURE): worker \d/)
  })

  it('plays the same history for the same seed', async () => {
    const [one, again, other] = [await play(3, naive), await play(3, naive), await play(4, naive)]

    expect(one.history).toEqual(again.history)
    expect(one.history).not.toEqual(other.history)
  })

  it.each(simulatedFaults)('can have %s strike, and go on', async (fault) => {
    const { history, verdict } = await simulateHistory({
      seed: 11,
      makeRedis: (world) => new SimulatedRedis(world, { errors }),
      makeCache: passThrough,
      faults: [fault],
      mostFaults: 40,
      durationMs: 100,
    })

    expect(new Set(history.faults.map(({ name }) => name))).toEqual(new Set([fault]))
    expect(verdict.reads).toBeGreaterThan(0)
  })
})
