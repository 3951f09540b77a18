import { InvalidOptionError, type LoadContext, type Namespace, type ReadOptions } from '@holdfast/core'

/** Keys to warm: a list, or a function that lists them anew for each run, from a database perhaps. */
export type WarmKeys =
  | Iterable<string>
  | AsyncIterable<string>
  | (() => Iterable<string> | AsyncIterable<string> | Promise<Iterable<string> | AsyncIterable<string>>)

/** What a loader of several keys is given. */
export interface WarmManyContext {
  /** Aborts when the run ended, or the load's `timeout` struck. */
  readonly signal: AbortSignal
}

interface JobBase extends Omit<ReadOptions<never>, 'signal' | 'force' | 'skipRemote' | 'refreshAhead' | 'softTimeout'> {
  /** What the job is called in reports and events. @default `'job 1'`, by its place in the list */
  readonly name?: string | undefined
  readonly keys: WarmKeys
  /** Where the keys live. @default the warmer's cache */
  readonly cache?: Namespace | undefined
}

/** Keys that are loaded one by one. */
export interface WarmEachJob extends JobBase {
  /** Loads the value of one key, as the loader of a read would. */
  readonly load: (key: string, context: LoadContext) => unknown
}

/** Keys that are loaded several at once. */
export interface WarmBatchJob extends JobBase {
  /** Loads the values of several keys. A key that the map lacks has no value: nothing is stored for it. */
  readonly loadMany: (
    keys: readonly string[],
    context: WarmManyContext,
  ) => ReadonlyMap<string, unknown> | Promise<ReadonlyMap<string, unknown>>
  /** The most keys in one call. @default 100 */
  readonly batch?: number | undefined
}

/** What to load ahead: keys, how they are loaded, and how long the values live (`ttl`, `tags` and the other options of a read). */
export type WarmJob = WarmEachJob | WarmBatchJob

/** A job, checked once. */
export interface Job {
  readonly name: string
  readonly cache: Namespace
  readonly options: ReadOptions
  /** How many keys one call of the loader takes. */
  readonly batch: number
  readonly keys: () => Promise<AsyncIterator<string> | Iterator<string>>
  readonly work: Pick<WarmEachJob, 'load'> | Pick<WarmBatchJob, 'loadMany'>
}

/** @throws {InvalidOptionError} when it has no keys or no loader, or its keys can be listed only once */
export function parseJob(job: WarmJob, index: number, cache: Namespace): Job {
  const { name = `job ${index + 1}`, keys, cache: own = cache, ...rest } = job
  const { load, loadMany, batch, ...options } = rest as Partial<WarmEachJob & WarmBatchJob>
  if ((typeof load === 'function') === (typeof loadMany === 'function'))
    throw new InvalidOptionError(`Expected the warming job '${name}' to have either \`load\` or \`loadMany\`.`)
  return {
    name,
    cache: own,
    options: options as ReadOptions,
    batch: loadMany === undefined ? 1 : parseBatch(name, batch ?? 100),
    keys: lister(name, keys),
    work: loadMany === undefined ? { load: load! } : { loadMany },
  }
}

function parseBatch(name: string, batch: number): number {
  if (Number.isSafeInteger(batch) && batch >= 1) return batch
  throw new InvalidOptionError(
    `Expected \`batch\` of the warming job '${name}' to be a whole number of at least 1, got ${batch}.`,
  )
}

function lister(name: string, keys: WarmKeys): Job['keys'] {
  if (typeof keys === 'function') return async () => iteratorOf(name, await keys())
  const first = iteratorOf(name, keys)
  // A generator that was made once is used up by the first run.
  if (Object.is(first, keys)) {
    throw new InvalidOptionError(
      `Expected \`keys\` of the warming job '${name}' to be a list or a function, got a generator, which can be used only once: write \`keys: () => …\`.`,
    )
  }
  return async () => iteratorOf(name, keys)
}

function iteratorOf(name: string, keys: unknown): AsyncIterator<string> | Iterator<string> {
  if (typeof keys === 'object' && keys !== null) {
    if (Symbol.asyncIterator in keys) return (keys as AsyncIterable<string>)[Symbol.asyncIterator]()
    if (Symbol.iterator in keys) return (keys as Iterable<string>)[Symbol.iterator]()
  }
  throw new InvalidOptionError(
    `Expected \`keys\` of the warming job '${name}' to be a list of keys, an async iterable or a function that returns one, got ${typeof keys}.`,
  )
}
