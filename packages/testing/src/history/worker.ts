// A process of a history: reads and writes through a cache of its own until it is told to halt. Started by `startWorker()`.
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom, type Random } from '../random.ts'
import type { Bench } from './bench.ts'
import type { CheckedCacheModule, CheckedSpace } from './checked-cache.ts'
import { modelKeys } from './keyspace.ts'
import { readEach, readOnce } from './read.ts'
import type { FinalRead, WorkerRecord } from './record.ts'
import { Recorder } from './recorder.ts'
import { Wire } from './wire.ts'
import type { TruthMethods, WorkerMethods, WorkerPlan } from './worker-messages.ts'
import { writeOnce } from './write.ts'

const readers = 6
const writers = 2
const readPauseMs = 2
const writePauseMs = 60
/** A call that is not over so long after it was told to halt is stuck. */
const haltsWithinMs = 10_000

let bench: Bench
let random: Random
let loops: Promise<void>[] = []
let round = new AbortController()

const methods: WorkerMethods = { open, run, halt, readAll, close }
const parent = new Wire<TruthMethods>(process, methods)
process.once('disconnect', () => process.exit())

async function open(plan: WorkerPlan): Promise<void> {
  const { worker } = plan.cache
  const recorder = new Recorder(worker, BigInt(plan.startedAtNs))
  const module = (await import(plan.cacheModule)) as CheckedCacheModule
  const cache = await module.createCacheFor(plan.cache)
  cache.on?.('remoteState', ({ state }) => recorder.remoteState(state))
  recorder.watchStalls()
  const spaces = new Map<string, CheckedSpace>()
  bench = {
    cache,
    recorder,
    workers: plan.workers,
    mode: plan.mode,
    truth: (query) => parent.call('truth', query),
    space: (name) => {
      if (name === undefined || cache.namespace === undefined) return cache
      const space = spaces.get(name) ?? cache.namespace(name)
      spaces.set(name, space)
      return space
    },
  }
  random = seededRandom(plan.seed).fork(`worker ${worker}`)
}

function run(): void {
  round = new AbortController()
  const { signal } = round
  const seeds = random.fork(`round ${random.next()}`)
  loops = [
    ...Array.from({ length: readers }, (_, n) => repeat(readOnce, seeds.fork(`reader ${n}`), readPauseMs, signal)),
    ...Array.from({ length: writers }, (_, n) => repeat(writeOnce, seeds.fork(`writer ${n}`), writePauseMs, signal)),
  ]
}

async function repeat(
  act: (bench: Bench, random: Random) => Promise<void>,
  own: Random,
  meanMs: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await act(bench, own)
    // Now and then several in one tick.
    if (own.chance(0.8)) await sleep(-Math.log(1 - own.next()) * meanMs)
  }
}

async function halt(): Promise<readonly WorkerRecord[]> {
  round.abort()
  const isStuck = Symbol('stuck')
  const patience = new AbortController()
  const first = await Promise.race([
    Promise.all(loops),
    sleep(haltsWithinMs, isStuck, { signal: patience.signal }).catch(() => undefined),
  ])
  patience.abort()
  if (first === isStuck) bench.recorder.failUnderWay()
  return bench.recorder.take()
}

async function readAll(): Promise<readonly FinalRead[]> {
  const names = modelKeys.map(({ name }) => name)
  const versions = await bench.truth({ write: [], read: names })
  const reads = await readEach(bench, random)
  return reads
    .filter(({ path, version }) => version !== undefined || path.startsWith('getOrSet'))
    .map((read) => ({ ...read, truth: versions[names.indexOf(read.key)]! }))
}

async function close(): Promise<void> {
  await bench.cache.close()
}
