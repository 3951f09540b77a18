// A process of `pnpm bench failover`: an application with one contender, asked in an open loop.
import { setTimeout as sleep } from 'node:timers/promises'

import { openContender, type ContenderName } from './contenders.ts'
import type { Series } from './series.ts'

/** What a child is told. */
export interface FailoverPlan {
  readonly contender: ContenderName
  readonly redisUrl: string
  readonly keys: 'cold' | 'hot'
  readonly perSecond: number
  readonly seconds: number
}

const loadMs = 5
const hotKeys = 500
/** Who has no answer so long after the end gets none. */
const patienceMs = 4_000

process.once('message', (plan: FailoverPlan) => void play(plan))

async function play({ contender, redisUrl, keys, perSecond, seconds }: FailoverPlan): Promise<void> {
  const cache = await openContender(contender, redisUrl)
  const now = (): number => performance.timeOrigin + performance.now()
  const queriesAt: number[] = []
  const load = async (): Promise<unknown> => {
    queriesAt.push(now())
    await sleep(loadMs)
    return { value: 'x'.repeat(100) }
  }
  for (let n = 0; n < 200; n++) await cache.getOrSet(`warm:${n % 50}`, load)
  process.send!({ type: 'ready' })
  const count = perSecond * seconds
  const dueAt: number[] = []
  const latencyMs = Array.from<number>({ length: count }).fill(Number.NaN)
  const hasFailed = Array.from<boolean>({ length: count }).fill(false)
  let firstError: string | undefined
  let answered = 0
  let stalledMs = 0
  const startAt = now() + 20
  for (let n = 0; n < count; n++) dueAt.push(startAt + (n * 1_000) / perSecond)
  const ask = async (n: number): Promise<void> => {
    try {
      await cache.getOrSet(keys === 'cold' ? `cold:${n}` : `hot:${(n * 7919) % hotKeys}`, load)
    } catch (error) {
      hasFailed[n] = true
      firstError ??= String(error)
    }
    latencyMs[n] = now() - dueAt[n]!
    answered++
  }
  let last = now()
  for (let sent = 0; sent < count;) {
    const at = now()
    if (at - last > 12) stalledMs += at - last
    last = at
    while (sent < count && dueAt[sent]! <= at) void ask(sent++)
    await sleep(1)
  }
  const until = now() + patienceMs
  while (answered < count && now() < until) await sleep(10)
  for (const [n, ms] of latencyMs.entries()) {
    if (!Number.isNaN(ms)) continue
    latencyMs[n] = now() - dueAt[n]!
    hasFailed[n] = true
    firstError ??= 'no answer'
  }
  const series: Series = { dueAt, latencyMs, hasFailed, queriesAt, firstError, stalledMs }
  process.send!({ type: 'series', series })
}
