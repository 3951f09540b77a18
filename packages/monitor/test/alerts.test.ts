import { InvalidOptionError } from '@holdfast/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { AlertRule } from '../src/alert-rule.ts'
import { alerts, type AlertsOptions } from '../src/alerts.ts'
import { defaultRules, hitRatioBelow, latencyAbove, memoryAbove, remoteFailing } from '../src/default-rules.ts'
import type { Alert } from '../src/rule-watch.ts'
import { stage, traffic, type Staged } from './support/stage.ts'

/** Alerts of a staged cache, and what they told: `+name` when one fired, `-name` when it cleared. */
function watch(staged: Staged, options: AlertsOptions = {}): { told: string[]; alerts: ReturnType<typeof alerts> } {
  const told: string[] = []
  const onAlert = (alert: Alert): void => {
    told.push(`${alert.state === 'firing' ? '+' : '-'}${alert.rule}`)
  }
  return { told, alerts: alerts(staged.cache, { clock: staged.clock, onAlert, ...options }) }
}

/** Lets time pass in steps of the watch, with something happening before each. */
async function pass(staged: Staged, seconds: number, each?: () => Promise<unknown>): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 10) {
    await each?.()
    await staged.clock.advance(10_000)
  }
}

/** A cache with one entry, that lasts. */
async function warm(): Promise<Staged> {
  const staged = stage({ ttl: '10d' })
  const written = staged.cache.set('hot', 1)
  await staged.clock.advance(0)
  await written
  return staged
}

describe('the default rules', () => {
  it('are the four that were asked for', () => {
    expect(defaultRules().map(({ title }) => title)).toEqual([
      'Hit ratio below 80 %',
      'Remote store cannot be reached, or fails',
      'Remote store slower than 100 ms',
      'Memory above 80 %',
    ])
  })

  it('say nothing of an idle cache, however long it idles', async () => {
    const staged = await warm()
    const { told, alerts: watching } = watch(staged)
    await pass(staged, 3_600)

    expect(told).toEqual([])
    expect(watching.status().map(({ state }) => state)).toEqual(['waiting', 'quiet', 'waiting', 'quiet'])
    watching.close()
  })

  it('say nothing of a cache that has just started and misses everything', async () => {
    const staged = await warm()
    const { told, alerts: watching } = watch(staged)
    await pass(staged, 300, () => traffic(staged, 0, 200))
    await pass(staged, 600, () => traffic(staged, 200, 0))

    expect(told).toEqual([])
    watching.close()
  })
})

describe('the hit ratio', () => {
  it('fires once below the limit and clears once above the other', async () => {
    const staged = await warm()
    const { told, alerts: watching } = watch(staged, { rules: [hitRatioBelow(0.8)] })
    await pass(staged, 700, () => traffic(staged, 95, 5))
    expect(told).toEqual([])

    await pass(staged, 600, () => traffic(staged, 70, 30))
    expect(told).toEqual(['+hit-ratio'])
    const [alert] = watching.active()
    expect(alert).toMatchObject({ cache: 'shop', severity: 'warning', state: 'firing' })
    expect(alert!.message).toMatch(/^7\d(\.\d)? % of 3\d00 reads were hits; the limit is 80 %\.$/)

    // Between 80 and 85 %: neither good nor bad.
    await pass(staged, 600, () => traffic(staged, 82, 18))
    expect(told).toEqual(['+hit-ratio'])

    await pass(staged, 600, () => traffic(staged, 90, 10))
    expect(told).toEqual(['+hit-ratio', '-hit-ratio'])
    expect(watching.active()).toEqual([])
    expect(watching.history().map(({ state }) => state)).toEqual(['cleared', 'firing'])
    watching.close()
  })

  it('is not judged by little traffic, and clears when it ends', async () => {
    const staged = await warm()
    const { told, alerts: watching } = watch(staged, { rules: [hitRatioBelow(0.8)] })
    await pass(staged, 1_200, () => traffic(staged, 0, 2))
    expect(told).toEqual([])

    await pass(staged, 300, () => traffic(staged, 0, 50))
    await pass(staged, 600)
    expect(told).toEqual(['+hit-ratio', '-hit-ratio'])
    watching.close()
  })
})

describe('the remote store', () => {
  it('that is away for the window fires, on an idle cache too, and clears when it is back', async () => {
    const staged = await warm()
    const { told, alerts: watching } = watch(staged)
    await pass(staged, 60)
    staged.store.state = 'away'
    await pass(staged, 20)
    expect(told).toEqual([])
    await pass(staged, 60)
    expect(told).toEqual(['+remote-failing'])
    expect(watching.active()[0]).toMatchObject({
      severity: 'critical',
      message: 'The remote store cannot be used: connect ECONNREFUSED.',
    })

    staged.store.state = 'ready'
    await pass(staged, 60)
    expect(told).toEqual(['+remote-failing', '-remote-failing'])
    watching.close()
  })

  it('is not asked for its memory while it is away', async () => {
    const staged = await warm()
    staged.store.state = 'away'
    const { alerts: watching } = watch(staged)
    await pass(staged, 60)

    expect(staged.cache.stats().shared.remoteErrors).toBe(0)
    watching.close()
  })

  it('fires when too many calls fail though it is there', async () => {
    const staged = await warm()
    const { told, alerts: watching } = watch(staged, { rules: [remoteFailing(0.1)] })
    await pass(staged, 40)
    const failing = async (): Promise<void> => {
      staged.store.state = 'away'
      for (let call = 0; call < 8; call++) await traffic(staged, 0, 1)
      staged.store.state = 'ready'
      for (let call = 0; call < 20; call++) await traffic(staged, 0, 1)
    }
    await pass(staged, 30, failing)
    expect(told).toEqual(['+remote-failing'])

    await pass(staged, 60, () => traffic(staged, 0, 1))
    expect(told).toEqual(['+remote-failing', '-remote-failing'])
    watching.close()
  })

  it('that there is none of is never missed', async () => {
    const staged = stage({ remote: undefined })
    const { told, alerts: watching } = watch(staged)
    await pass(staged, 120)

    expect(told).toEqual([])
    watching.close()
  })
})

describe('latency', () => {
  const calls = async (staged: Staged, many: number): Promise<void> => {
    const reads: Promise<unknown>[] = []
    for (let call = 0; call < many; call++) {
      reads.push(staged.cache.get(`key:${call}`))
      // Each call in a tick of its own.
      await staged.clock.advance(0)
    }
    await staged.clock.advance(400)
    await Promise.all(reads)
  }

  it('fires when the 95th percentile is above the limit, and clears under four fifths of it', async () => {
    const staged = stage({ remoteTimeout: '1s' })
    const { told, alerts: watching } = watch(staged, { rules: [latencyAbove('100ms')] })
    staged.store.takesMs = 5
    await pass(staged, 90, () => calls(staged, 20))
    expect(told).toEqual([])

    staged.store.takesMs = 150
    await pass(staged, 90, () => calls(staged, 20))
    expect(told).toEqual(['+latency'])
    expect(watching.active()[0]!.message).toMatch(
      /^The 95th percentile of \d+ calls .* is 1[45]\d\.\d ms; the limit is 100 ms\.$/,
    )

    staged.store.takesMs = 5
    await pass(staged, 120, () => calls(staged, 20))
    expect(told).toEqual(['+latency', '-latency'])
    watching.close()
  })

  it('fires when calls are not answered, though their deadline is below the limit', async () => {
    const staged = stage({ remoteTimeout: '20ms' })
    const { told, alerts: watching } = watch(staged, { rules: [latencyAbove('100ms')] })
    staged.store.takesMs = 50
    await pass(staged, 90, () => calls(staged, 20))

    expect(told).toEqual(['+latency'])
    expect(watching.active()[0]!.message).toContain('were not answered before their deadline')
    watching.close()
  })
})

describe('memory', () => {
  it('fires when Redis used more for the whole window, and clears below', async () => {
    const staged = stage()
    const { told, alerts: watching } = watch(staged, { rules: [memoryAbove(0.8)] })
    staged.store.info_ = { usedBytes: 500, maxBytes: 1_000 }
    await pass(staged, 90)
    staged.store.info_ = { usedBytes: 900, maxBytes: 1_000 }
    await pass(staged, 30)
    expect(told).toEqual([])
    await pass(staged, 60)
    expect(told).toEqual(['+memory'])
    expect(watching.active()[0]!.message).toBe('The remote store uses 90 % of the memory it may; the limit is 80 %.')

    staged.store.info_ = { usedBytes: 780, maxBytes: 1_000 }
    await pass(staged, 60)
    expect(told).toEqual(['+memory'])
    staged.store.info_ = { usedBytes: 700, maxBytes: 1_000 }
    await pass(staged, 20)
    expect(told).toEqual(['+memory', '-memory'])
    watching.close()
  })

  it('is not judged where nothing bounds it', async () => {
    const staged = stage()
    staged.store.info_ = { usedBytes: 1e12 }
    const { told, alerts: watching } = watch(staged, { rules: [memoryAbove(0.8)] })
    await pass(staged, 120)

    expect(told).toEqual([])
    watching.close()
  })
})

describe('a watch', () => {
  afterEach(() => vi.restoreAllMocks())
  const always: AlertRule = {
    name: 'always',
    title: 'Always',
    severity: 'warning',
    window: '10s',
    judge: () => ({ verdict: 'bad', value: 1, message: 'Bad.' }),
  }

  it('takes rules of one’s own', async () => {
    const staged = stage()
    const { told, alerts: watching } = watch(staged, { rules: [always] })
    await pass(staged, 100)

    expect(told).toEqual(['+always'])
    watching.close()
  })

  it.each([
    ['rejects', () => Promise.reject(new Error('pager is down'))],
    [
      'throws',
      () => {
        throw new Error('pager is down')
      },
    ],
  ])('survives whoever is told and %s, and says so', async (_, fail) => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const staged = stage()
    const onAlert = vi.fn<(alert: Alert) => unknown>(fail)
    const watching = alerts(staged.cache, { clock: staged.clock, rules: [always], onAlert })
    await pass(staged, 60)

    expect(onAlert).toHaveBeenCalledTimes(1)
    expect(warned.mock.calls.map(([said]) => String(said))).toEqual([expect.stringContaining('pager is down')])
    expect(watching.history()).toHaveLength(1)
    watching.close()
  })

  it('leaves no timer when it is closed', async () => {
    // Deadlines of calls of a remote store have timers of their own.
    const staged = stage({ remote: undefined })
    {
      using _watching = alerts(staged.cache, { clock: staged.clock })
      await pass(staged, 30)
      expect(staged.clock.pendingTimers).toBe(1)
    }
    expect(staged.clock.pendingTimers).toBe(0)
  })

  it('keeps no more samples than its rules look at', async () => {
    const staged = stage()
    let seen = 0
    const rule: AlertRule = {
      ...always,
      window: '1m',
      judge({ samples }) {
        seen = samples.length
        return undefined
      },
    }
    const { alerts: watching } = watch(staged, { rules: [rule] })
    await pass(staged, 3_600)

    expect(seen).toBe(7)
    watching.close()
  })

  it('refuses two rules of one name, limits that cross, and a bare number', () => {
    const { cache } = stage()

    expect(() => alerts(cache, { rules: [always, always] })).toThrow('a name of its own, got "always" twice')
    expect(() => hitRatioBelow(0.8, { clearAt: 0.7 })).toThrow('on the good side of the limit')
    expect(() => hitRatioBelow(80)).toThrow('between 0 and 1')
    expect(() => latencyAbove(100 as never)).toThrow('limit')
    expect(() => alerts(cache, { every: '1ms' })).toThrow('at least')
  })

  it.each([
    [{ onalert: () => {} }, 'Unknown option `onalert`. Did you mean `onAlert`?'],
    [{ onAlert: 'log' }, 'Expected `onAlert` to be a function, got string.'],
    [{ rules: hitRatioBelow(0.8) }, 'Expected `rules` to be an array of rules, got object: `defaultRules()`.'],
    [
      { rules: [hitRatioBelow] },
      'Expected `rules[0]` to be an object with its methods, got a function. A rule is what',
    ],
    [{ rules: [always, {}] }, 'Expected `rules[1]` to have judge(). A rule is what'],
  ])('refuses the options %o', (options, message) => {
    const { cache } = stage()

    expect(() => alerts(cache, options as never)).toThrow(InvalidOptionError)
    expect(() => alerts(cache, options as never)).toThrow(message)
  })
})
