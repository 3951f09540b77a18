import { likelyDurations, parseDuration, show, type Duration } from './duration.ts'
import { InvalidOptionError } from './errors.ts'
import { wholeTag } from './keys.ts'
import { checkNames, checkObject, unknownOption } from './option-names.ts'

/** Whether callers share a value in memory. */
export type Isolation = 'reference' | 'freeze' | 'clone'

/** How long a value lives and what it depends on. */
export interface WriteOptions<V = unknown> {
  /** How long a value is fresh, or a function of the value. `'0ms'` stores nothing. @default '1m' */
  readonly ttl?: Duration | ((value: V) => Duration) | undefined
  /**
   * How long past its ttl a value may still be served when it cannot be loaded. It stays in Redis for ttl + grace.
   * @default '0ms', a stale value is never served
   */
  readonly grace?: Duration | undefined
  /** The share of the ttl by which it is shortened at random, from 0 to 1, so that entries do not end together. @default 0 */
  readonly jitter?: number | undefined
  /** What the value depends on, or a function of the value. */
  readonly tags?: readonly string[] | ((value: V) => readonly string[]) | undefined
  /**
   * `'reference'`: callers share the value in memory and must not change it. `'freeze'`: plain objects and arrays in it are
   * frozen. `'clone'`: each caller gets a copy, made by the serializer. @default 'reference'
   */
  readonly isolation?: Isolation | undefined
  /** Neither read nor write memory. @default false */
  readonly skipMemory?: boolean | undefined
  /** Neither read nor write the remote store. @default false */
  readonly skipRemote?: boolean | undefined
}

/** How a value is read, besides how it is written when it had to be loaded. */
export interface ReadOptions<V = unknown> extends WriteOptions<V> {
  /**
   * How long a caller waits for a load before it gets the stale value, if there is one within grace; the load goes on behind.
   * `'0ms'` is stale-while-revalidate. Does nothing without `grace`. @default undefined: callers wait for the load
   */
  readonly softTimeout?: Duration | undefined
  /** How long a read may take in all: waiting, Redis and loader. Then the stale value within grace, else `LoadTimeoutError`. @default '30s' */
  readonly timeout?: Duration | undefined
  /** The fraction of the ttl, between 0 and 1, after which one caller's hit starts a load behind. @default undefined: never */
  readonly refreshAhead?: number | undefined
  /** Serve what memory holds past `coherence.maxStaleness`, within ttl + grace, while the remote store cannot be reached. @default false */
  readonly staleIfUnreachable?: boolean | undefined
  /**
   * One load of a key at a time in all processes that share the remote store: the others wait for what it stores, or are served stale
   * within grace. `waitFor` is how long a load elsewhere is waited for before this process loads too. Without the remote store, each
   * process loads once.
   *
   * @default false, and half of `timeout` for `waitFor`
   */
  readonly fleetSingleFlight?: boolean | { readonly waitFor?: Duration | undefined } | undefined
  /** Load now, whatever is stored; joins a load of the key that is under way. @default false */
  readonly force?: boolean | undefined
  /**
   * The load takes no place among `loads.maxConcurrent` and waits for none. What a loader reads through the cache never does. @default false
   */
  readonly ungated?: boolean | undefined
  /** Ends this caller's wait with the signal's reason. The load goes on while others wait for it. */
  readonly signal?: AbortSignal | undefined
}

/** How a value is read without a loader. */
export interface GetOptions extends Pick<
  ReadOptions,
  'signal' | 'skipMemory' | 'skipRemote' | 'isolation' | 'staleIfUnreachable'
> {
  /** Also return a value past its ttl, within its grace. @default false */
  readonly stale?: boolean | undefined
}

/** Options of a read, parsed once. Lengths in milliseconds. */
export interface Policy {
  readonly ttlMs: number
  readonly ttlOf: ((value: never) => Duration) | undefined
  readonly graceMs: number
  readonly jitter: number
  readonly tags: readonly string[]
  readonly tagsOf: ((value: never) => readonly string[]) | undefined
  readonly isolation: Isolation
  readonly skipMemory: boolean
  readonly skipRemote: boolean
  readonly softTimeoutMs: number | undefined
  readonly timeoutMs: number
  readonly refreshAhead: number | undefined
  readonly staleIfUnreachable: boolean
  /** One load at a time in all processes. */
  readonly isFleetWide: boolean
  /** How long a load of another process is waited for; `undefined` for half of the timeout. */
  readonly fleetWaitMs: number | undefined
  readonly force: boolean
  /** The load waits for no place among `loads.maxConcurrent`. */
  readonly ungated: boolean
  readonly signal: AbortSignal | undefined
  /** The load is one of its own: counted, and waiting for a place among `loads.maxConcurrent`. Not so when several flights share one. */
  readonly isGated: boolean
}

/** What holds where nothing is said. */
export const defaultPolicy: Policy = {
  ttlMs: 60_000,
  ttlOf: undefined,
  graceMs: 0,
  jitter: 0,
  tags: [],
  tagsOf: undefined,
  isolation: 'reference',
  skipMemory: false,
  skipRemote: false,
  softTimeoutMs: undefined,
  timeoutMs: 30_000,
  refreshAhead: undefined,
  staleIfUnreachable: false,
  isFleetWide: false,
  fleetWaitMs: undefined,
  force: false,
  ungated: false,
  signal: undefined,
  isGated: true,
}

const parsers: { readonly [K in keyof ReadOptions]-?: (value: never) => Partial<Policy> } = {
  ttl: (ttl: Duration | ((value: never) => Duration)) =>
    typeof ttl === 'function' ? { ttlOf: ttl } : { ttlMs: parseDuration('ttl', ttl), ttlOf: undefined },
  grace: (grace: Duration) => ({ graceMs: parseDuration('grace', grace) }),
  jitter: (jitter: number) => ({ jitter: parseFraction('jitter', jitter) }),
  tags: (tags: readonly string[] | ((value: never) => readonly string[])) =>
    typeof tags === 'function' ? { tagsOf: tags } : { tags: parseTags(tags) },
  isolation: (isolation: Isolation) => ({ isolation: parseIsolation(isolation) }),
  skipMemory: (skipMemory: boolean) => ({ skipMemory: parseBoolean('skipMemory', skipMemory) }),
  skipRemote: (skipRemote: boolean) => ({ skipRemote: parseBoolean('skipRemote', skipRemote) }),
  softTimeout: (softTimeout: Duration) => ({ softTimeoutMs: parseDuration('softTimeout', softTimeout) }),
  timeout: (timeout: Duration) => ({ timeoutMs: parseDuration('timeout', timeout) }),
  refreshAhead: (refreshAhead: number) => ({ refreshAhead: parseFraction('refreshAhead', refreshAhead) }),
  staleIfUnreachable: (value: boolean) => ({ staleIfUnreachable: parseBoolean('staleIfUnreachable', value) }),
  fleetSingleFlight: parseFleet,
  force: (force: boolean) => ({ force: parseBoolean('force', force) }),
  ungated: (ungated: boolean) => ({ ungated: parseBoolean('ungated', ungated) }),
  signal: (signal: AbortSignal) => ({ signal: parseSignal(signal) }),
}

/** The names of the options that a read takes; those in {@link perCall} make no sense as a default. */
export const readOptionNames: readonly string[] = Object.keys(parsers)
export const perCall: readonly string[] = ['signal', 'force']

/**
 * A policy with some options on top: those of a call on those of its namespace, on those of the cache. `tags` of all levels add
 * up, lists and functions alike; everything else replaces.
 *
 * @param others options besides those of a read that may stand in the object, and are parsed elsewhere
 * @param except options of a read that may not
 * @throws {InvalidOptionError} for an unknown option or one that cannot be used
 */
export function mergePolicy(
  base: Policy,
  options: object | undefined,
  others: readonly string[] = [],
  except: readonly string[] = [],
): Policy {
  if (options === undefined) return base
  checkObject('options', options, ttlHint)
  let policy = base
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || others.includes(name)) continue
    const parse =
      Object.hasOwn(parsers, name) && !except.includes(name) ? parsers[name as keyof ReadOptions] : undefined
    if (parse === undefined)
      throw unknownOption('options', options, name, [
        ...readOptionNames.filter((known) => !except.includes(known)),
        ...others,
      ])
    policy = { ...policy, ...withBaseTags(base, parse(value as never)) }
  }
  return policy
}

/** For who writes the ttl where the options go. */
function ttlHint(options: unknown): string {
  const [ttl] = likelyDurations(options).toReversed()
  return ttl === undefined ? '' : ` Did you mean \`{ ttl: '${ttl}' }\`?`
}

function withBaseTags(base: Policy, { tags, tagsOf: inner, ...rest }: Partial<Policy>): Partial<Policy> {
  const outer = base.tagsOf
  if (tags !== undefined) return { tags: checkCount(joinTags(base.tags, tags)) }
  if (inner === undefined) return rest
  return { tagsOf: outer === undefined ? inner : (value) => [...checkList(outer(value)), ...checkList(inner(value))] }
}

/** Two lists of tags as one, each tag once. */
export function joinTags(first: readonly string[], second: readonly string[]): readonly string[] {
  if (second.length === 0) return first
  return first.length === 0 ? second : [...new Set([...first, ...second])]
}

/** @throws {InvalidOptionError} when it is not an array of tags */
export function parseTags(tags: readonly string[]): readonly string[] {
  return [...new Set(checkCount(checkList(tags)).map(wholeTag))]
}

/** @throws {InvalidOptionError} for more tags than an entry can carry */
export function checkCount(tags: readonly string[]): readonly string[] {
  if (tags.length <= 200) return tags
  throw new InvalidOptionError(`Expected at most 200 tags, got ${tags.length}.`)
}

function checkList(tags: readonly string[]): readonly string[] {
  if (Array.isArray(tags)) return tags
  throw new InvalidOptionError(`Expected \`tags\` to be an array of strings, got ${show(tags)}.`)
}

function parseFleet(value: NonNullable<ReadOptions['fleetSingleFlight']>): Pick<Policy, 'isFleetWide' | 'fleetWaitMs'> {
  if (typeof value !== 'object' || value === null)
    return { isFleetWide: parseBoolean('fleetSingleFlight', value), fleetWaitMs: undefined }
  checkNames('fleetSingleFlight', value, ['waitFor'])
  const { waitFor } = value
  return {
    isFleetWide: true,
    fleetWaitMs: waitFor === undefined ? undefined : parseDuration('fleetSingleFlight.waitFor', waitFor),
  }
}

export function parseBoolean(name: string, value: boolean): boolean {
  if (typeof value === 'boolean') return value
  throw new InvalidOptionError(`Expected \`${name}\` to be true or false, got ${show(value)}.`)
}

export function parseCount(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw new InvalidOptionError(`Expected \`${name}\` to be a whole number of at least 1, got ${show(value)}.`)
}

function parseFraction(name: string, value: number): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value
  throw new InvalidOptionError(`Expected \`${name}\` to be a number from 0 to 1, got ${show(value)}.`)
}

function parseIsolation(value: Isolation): Isolation {
  if (value === 'reference' || value === 'freeze' || value === 'clone') return value
  throw new InvalidOptionError(`Expected \`isolation\` to be 'reference', 'freeze' or 'clone', got ${show(value)}.`)
}

function parseSignal(value: AbortSignal): AbortSignal {
  if (value instanceof AbortSignal) return value
  throw new InvalidOptionError(`Expected \`signal\` to be an AbortSignal, got ${show(value)}.`)
}
