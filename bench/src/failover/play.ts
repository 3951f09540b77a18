import { fork } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { startRedis, type RedisServer } from '@holdfast/testing/redis'

import type { FailoverPlan } from './child.ts'
import type { ContenderName } from './contenders.ts'
import { normalAfter, stretch, type Series, type Stretch } from './series.ts'

export type Fault = 'frozen 3 s' | 'killed 2 s'

const faults: Readonly<Record<Fault, (redis: RedisServer) => Promise<void>>> = {
  'frozen 3 s': async (redis) => {
    await redis.freeze()
    await sleep(3_000)
    redis.thaw()
  },
  'killed 2 s': async (redis) => {
    await redis.save()
    await redis.kill()
    await sleep(2_000)
    await redis.restart({ data: 'older' })
  },
}

export const faultNames: readonly Fault[] = Object.keys(faults) as Fault[]

/** What a contender made of a fault. */
export interface Played {
  readonly contender: ContenderName
  readonly fault: Fault
  readonly before: Stretch
  readonly during: Stretch
  readonly after: Stretch
  readonly normalAfterMs: number
  readonly stalledMs: number
  readonly firstError: string | undefined
}

const beforeMs = 3_000
const afterMs = 4_000

/** Lets an application ask while Redis is struck. A process that ends is an error with what it said. */
export async function playFault(
  contender: ContenderName,
  fault: Fault,
  keys: FailoverPlan['keys'],
  perSecond: number,
): Promise<Played | Error> {
  await using redis = await startRedis()
  const lastsMs = fault === 'frozen 3 s' ? 3_000 : 2_000
  const seconds = (beforeMs + lastsMs + afterMs) / 1_000
  const child = fork(fileURLToPath(new URL('child.ts', import.meta.url)), {
    execArgv: ['--conditions=@holdfast/source', '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)))
  try {
    const ended = new Promise<never>((_, reject) => {
      child.once('exit', (code, signal) =>
        reject(new Error(`the process ended with ${signal ?? code}: ${said.trim().split('\n').at(-1) ?? ''}`)),
      )
    })
    const told = (type: string): Promise<{ readonly series: Series }> =>
      new Promise((resolve) => {
        child.on('message', (message: { type: string; series: Series }) => {
          if (message.type === type) resolve(message)
        })
      })
    const ready = told('ready')
    const finished = told('series')
    const plan: FailoverPlan = { contender, redisUrl: redis.url, keys, perSecond, seconds }
    child.send(plan)
    await Promise.race([ready, ended])
    await Promise.race([sleep(beforeMs), ended])
    const struckAt = performance.timeOrigin + performance.now()
    await Promise.race([faults[fault](redis), ended])
    const healedAt = performance.timeOrigin + performance.now()
    const { series } = await Promise.race([finished, ended])
    // The first second warms the process.
    const before = stretch(series, struckAt - beforeMs + 1_000, struckAt)
    return {
      contender,
      fault,
      before,
      during: stretch(series, struckAt, healedAt),
      after: stretch(series, healedAt, healedAt + afterMs),
      normalAfterMs: normalAfter(series, healedAt, before.p50Ms),
      stalledMs: series.stalledMs,
      firstError: series.firstError,
    }
  } catch (error) {
    return error as Error
  } finally {
    child.removeAllListeners('exit')
    child.kill('SIGKILL')
  }
}
