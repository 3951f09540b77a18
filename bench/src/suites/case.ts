import type { Sdk } from '../engine/sdk.ts'
import type { Subject, Tier } from '../peers/peer.ts'
import { loadPeer } from '../peers/registry.ts'
import type * as loopsModule from './loops.ts'
import type { Check, Loop } from './loops.ts'

/** The module of loops; each contender has an instance of it. */
export type Loops = typeof loopsModule

/** What is compared: the wall clock, or the processor time of the client's process. */
export type Metric = 'time' | 'cpu'

/** A bound on ours over another contender of the same case, in the same run. */
export interface Goal {
  readonly ours: string
  readonly against: string
  /** `p50` and `p99`: of single operations. `bytes`: what a value takes. */
  readonly metric: Metric | 'p50' | 'p99' | 'bytes'
  readonly atMost: number
}

/** What a contender is given to open itself. */
export interface Context {
  readonly sdk: Sdk
  readonly redisUrl: string
  /** Begins all keys of this contender in Redis. */
  readonly prefix: string
  /** Names the instances of modules that belong to this contender alone. */
  readonly instance: string
}

/** A contender that is ready to be timed. */
export interface Runner {
  readonly run: Loop
  /** Loader calls so far, where the case has a loader. */
  readonly loads?: () => number
  /** The bytes that one value takes, where the case is about them. */
  readonly bytes?: number
  close(): Promise<void>
}

/** One thing that is measured. Its id stays: reports, filters and injections name it. */
export interface Case {
  readonly id: string
  readonly title: string
  /** Drawn in reports. The gate judges processor time, whatever this says. */
  readonly metric: Metric
  readonly needsRedis: boolean
  /** Where its peers keep their values; absent when the contenders are no caching peers. */
  readonly tier?: Tier
  /** The number of operations in a run is a multiple of this. @default 1 */
  readonly step?: number
  /**
   * Processor time that each contender is warmed for, in milliseconds: what takes long has run seldom when the time is over, and is timed
   * while it is still being compiled. @default 120
   */
  readonly warmMs?: number
  /** The yardstick of the table. */
  readonly baseline: string
  readonly contenders: readonly string[]
  /** Ours, as it is compared with another build of itself; absent when it is not part of the gate. */
  readonly gated?: string
  readonly goals?: readonly Goal[]
  /** Part of `--quick`. */
  readonly isQuick?: boolean
  open(contender: string, context: Context): Promise<Runner>
}

/** How a case is built that every caching peer can run. */
export interface CacheCase extends Omit<Case, 'open' | 'needsRedis'> {
  readonly tier: Tier
  /** At most so many entries stay in memory. @default 10_000 */
  readonly maxEntries?: number
  /** Fills the subject and makes the loop. */
  readonly prepare: (subject: Subject, loops: Loops, more: Preparation) => Promise<Prepared>
}

/** What else a case may need to prepare itself. */
export interface Preparation {
  /** What follows the peer's name in the contender's label, after a space. */
  readonly variant: string
  /** Opens another instance on the same keys, as another process would; it is closed with the case. */
  readonly another: () => Promise<Subject>
}

export interface Prepared {
  readonly run: Loop
  readonly bytes?: number
  readonly loads?: () => number
}

const ttlMs = 10 * 60_000

export function cacheCase(spec: CacheCase): Case {
  const { tier, maxEntries = 10_000, prepare, ...rest } = spec
  return {
    ...rest,
    tier,
    needsRedis: tier !== 'memory',
    async open(contender, context) {
      const [, variant = ''] = contender.split(' ', 2)
      const peer = await loadPeer(peerOf(contender), context.instance)
      const { sdk, redisUrl, prefix } = context
      const opened: Subject[] = []
      const another = async (): Promise<Subject> => {
        const subject = await peer.open({ sdk, redisUrl, prefix, tier, ttlMs, maxEntries })
        opened.push(subject)
        return subject
      }
      const close = async (): Promise<void> => {
        for (const subject of opened) await subject.close()
      }
      try {
        const loops = await freshLoops(context.instance)
        return { ...(await prepare(await another(), loops, { variant, another })), close }
      } catch (error) {
        await close()
        throw error
      }
    },
  }
}

/** The peer behind a contender's label. */
export function peerOf(contender: string): string {
  return contender.split(' ', 1)[0] ?? contender
}

/** An instance of the loops that no other contender runs through. */
export async function freshLoops(instance: string): Promise<Loops> {
  return (await import(`${import.meta.resolve('./loops.ts')}?instance=${instance}`)) as Loops
}

/** An operation that the case needs and the adapter must have; a case never lists a contender without it. */
export function need<F>(operation: F | undefined, name: string): F {
  if (operation === undefined) throw new Error(`The contender has no ${name}.`)
  return operation
}

export const isValue: Check = (result) => typeof result === 'object' && result !== null

/** A batch that found all its keys. */
export function isBatchOf(size: number): Check {
  return (result) =>
    Array.isArray(result)
      ? result.length === size && result[size - 1] !== undefined
      : result instanceof Map && result.size === size
}
