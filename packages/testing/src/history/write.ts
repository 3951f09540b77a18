import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../random.ts'
import { valueOf, type Bench } from './bench.ts'
import type { CheckedValue, CheckedWritten } from './checked-cache.ts'
import { isCold, modelGroups, modelKeys, sessions, type ModelGroup, type ModelKey } from './keyspace.ts'
import { readThrough } from './read.ts'

/** A write of the truth with the call that tells the cache. */
interface Writing {
  readonly path: string
  /** What is written in the truth. */
  readonly keys: readonly ModelKey[]
  /** What the call invalidates. */
  readonly covers: readonly ModelKey[]
  /** Runs the call; `write` writes the truth, and gives the versions of what is covered. */
  readonly run: (write: () => Promise<readonly number[]>) => Promise<CheckedWritten>
}

type Kind = 'delete' | 'deleteMany' | 'update' | 'set' | ModelGroup['call']['type']

const weights: Readonly<Record<Kind, number>> = {
  delete: 40,
  deleteMany: 8,
  update: 20,
  set: 60,
  tags: 14,
  dynamicTags: 9,
  matching: 3,
  namespace: 3,
  all: 1,
}

/** Keys that one of this process's writers writes, where each key has one writer at a time. */
const busy = new Set<ModelKey>()

/** Writes the truth and invalidates once, in one way or another; records it, and reads the keys at once. */
export async function writeOnce(bench: Bench, random: Random): Promise<void> {
  const writing = plan(bench, random)
  if (writing === undefined) return
  if (bench.mode === 'set') for (const key of writing.keys) busy.add(key)
  try {
    await runAndRecord(bench, writing)
  } finally {
    for (const key of writing.keys) busy.delete(key)
  }
  const again = random.shuffle(writing.covers.filter((key) => !isCold(key))).slice(0, 3)
  await Promise.all(again.map((key) => readThrough(bench, random, key)))
}

async function runAndRecord(bench: Bench, { path, keys, covers, run }: Writing): Promise<void> {
  const { recorder } = bench
  let versions: readonly number[] | undefined
  const write = async (): Promise<readonly number[]> => {
    versions = await bench.truth({ write: keys.map(({ name }) => name), read: covers.map(({ name }) => name) })
    issue = recorder.now()
    return versions
  }
  let issue = recorder.now()
  let written: CheckedWritten
  let hasRejected = true
  await recorder.call(
    path,
    async () => {
      written = await run(write)
      hasRejected = false
    },
    () => false,
  )
  const ack = recorder.now()
  if (hasRejected || versions === undefined) return
  recorder.add({
    type: 'invalidation',
    worker: recorder.worker,
    path,
    covers: covers.map(({ name }, at) => ({ key: name, version: versions![at]! })),
    issue,
    ack,
    isApplied: written === undefined || (written.reached === 'all' && !written.queued),
  })
}

/** Chooses what to write, among what the cache can do; `undefined` when the keys are being written. */
function plan(bench: Bench, random: Random): Writing | undefined {
  const { cache, mode } = bench
  const kinds = (Object.keys(weights) as Kind[]).filter((kind) => can(cache, kind, mode))
  let at = random.below(kinds.reduce((sum, kind) => sum + weights[kind], 0))
  const kind = kinds.find((kind) => (at -= weights[kind]) < 0)!
  const own = modelKeys.filter((_, index) => mode !== 'set' || index % bench.workers === bench.recorder.worker)
  const free = random.shuffle(own.filter((key) => !busy.has(key)))
  if (free.length === 0) return undefined
  switch (kind) {
    case 'delete':
      return planDelete(bench, free.slice(0, 1))
    case 'deleteMany':
      return planDelete(bench, free.filter(({ namespace }) => namespace === free[0]!.namespace).slice(0, 3))
    case 'update':
      return planUpdate(bench, random, free[0]!)
    case 'set':
      return planSet(bench, random, free[0]!)
    default: {
      const group = random.pick(modelGroups.filter(({ call }) => call.type === kind))
      const keys = group.keys.filter((key) => free.includes(key)).slice(0, 2)
      return planGroup(bench, group, keys)
    }
  }
}

function can(cache: Bench['cache'], kind: Kind, mode: Bench['mode']): boolean {
  if (kind === 'set') return mode === 'set' && cache.set !== undefined
  if (kind === 'delete' || kind === 'deleteMany') return true
  if (kind === 'update') return cache.update !== undefined
  if (kind === 'matching') return cache.invalidateMatching !== undefined
  if (kind === 'namespace') return cache.namespace?.(sessions).clear !== undefined
  return kind === 'all' ? cache.clear !== undefined : cache.invalidateTags !== undefined
}

function planDelete(bench: Bench, keys: readonly ModelKey[]): Writing {
  const space = bench.space(keys[0]!.namespace)
  const names = keys.map(({ key }) => key)
  return {
    path: `delete ${keys.map(({ name }) => name).join(' ')}`,
    keys,
    covers: keys,
    run: async (write) => {
      await write()
      return space.delete(names.length === 1 ? names[0]! : names)
    },
  }
}

function planUpdate(bench: Bench, random: Random, key: ModelKey): Writing {
  const make = async (write: () => Promise<readonly number[]>): Promise<CheckedValue> => {
    if (random.chance(0.3)) await sleep(random.below(10))
    const [version] = await write()
    if (random.chance(0.3)) await sleep(random.below(10))
    return valueOf(key, version!, random)
  }
  return {
    path: `update ${key.name}`,
    keys: [key],
    covers: [key],
    run: (write) => bench.space(key.namespace).update!(key.key, () => make(write), key.options),
  }
}

function planSet(bench: Bench, random: Random, key: ModelKey): Writing {
  return {
    path: `set ${key.name}`,
    keys: [key],
    covers: [key],
    run: async (write) => {
      const [version] = await write()
      return bench.space(key.namespace).set!(key.key, valueOf(key, version!, random), key.options)
    },
  }
}

function planGroup(bench: Bench, group: ModelGroup, keys: readonly ModelKey[]): Writing {
  const { path, send } = callOf(bench, group.call)
  return {
    path,
    keys,
    covers: group.keys,
    run: async (write) => {
      await write()
      return send()
    },
  }
}

function callOf(
  { cache }: Bench,
  call: ModelGroup['call'],
): { readonly path: string; readonly send: () => Promise<CheckedWritten> } {
  if (call.type === 'all') return { path: 'clear', send: () => cache.clear!() }
  if (call.type === 'namespace') return { path: `clear ${sessions}`, send: () => cache.namespace!(sessions).clear!() }
  if (call.type === 'matching') {
    return { path: `invalidateMatching ${call.pattern}`, send: () => cache.invalidateMatching!(call.pattern) }
  }
  return { path: `invalidateTags ${call.tag}`, send: () => cache.invalidateTags!([call.tag]) }
}
