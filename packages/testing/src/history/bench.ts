import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../random.ts'
import type { CheckedCache, CheckedSpace, CheckedValue } from './checked-cache.ts'
import { isCold, type ModelKey } from './keyspace.ts'
import type { Recorder } from './recorder.ts'
import type { HistoryMode, TruthMethods } from './worker-messages.ts'

/** What the readers and writers of a worker share. */
export interface Bench {
  readonly cache: CheckedCache
  /** Where a namespace's keys are read and written; the cache itself for those of none. */
  space(namespace: string | undefined): CheckedSpace
  readonly truth: (...query: Parameters<TruthMethods['truth']>) => Promise<Awaited<ReturnType<TruthMethods['truth']>>>
  readonly recorder: Recorder
  readonly workers: number
  readonly mode: HistoryMode
}

/** A loader that failed on purpose. Its caller may see it; everything else may not fail. */
export class PlannedFailure extends Error {}

export function isPlanned(error: unknown): boolean {
  return error instanceof PlannedFailure
}

/** Reads the truth, with time before and after: a slow load meets invalidations on its way. */
export async function loadFrom(bench: Bench, random: Random, key: ModelKey): Promise<CheckedValue> {
  const { name } = key
  const { recorder } = bench
  const start = recorder.now()
  if (random.chance(0.5)) await sleep(random.below(4))
  const [version] = await bench.truth({ write: [], read: [name] })
  const isSlow = random.chance(isCold(key) ? 0.5 : 0.15)
  if (isSlow || random.chance(0.7)) await sleep(isSlow ? random.below(450) : random.below(12))
  recorder.add({ type: 'load', worker: recorder.worker, key: name, start, end: recorder.now(), version: version! })
  if (random.chance(0.01)) throw new PlannedFailure(name)
  return valueOf(key, version!, random)
}

export function valueOf({ name, dynamicTags }: ModelKey, version: number, random: Random): CheckedValue {
  return { key: name, version, tags: dynamicTags, filler: 'x'.repeat(random.below(random.chance(0.1) ? 4_000 : 200)) }
}
