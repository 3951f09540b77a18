import { checkNames, InvalidOptionError, parseDuration, type Duration } from '@holdfast/core'
import type { WarmJob } from './job.ts'

/** What a warmer loads, and how gently. */
export interface WarmerOptions {
  readonly jobs: readonly WarmJob[]
  /** How many loaders may run at once, over all jobs. One that was given up counts until it has really ended. @default 4 */
  readonly concurrency?: number | undefined
  /** How many calls of loaders, retries included, in any span of the given length. @default undefined: no limit but `concurrency` */
  readonly rate?: { readonly loads: number; readonly per: Duration } | undefined
  /** How long a run may take in all. What is not loaded by then stays cold. @default '10m' */
  readonly deadline?: Duration | undefined
  /** How often a failed load is tried again. A `TypeError` that is none of the network's is not: it is a mistake of the program. @default 2 */
  readonly retries?: number | undefined
  /** The wait before the first retry; doubled for each further one, and up to twice as long at random. @default '500ms' */
  readonly backoff?: Duration | undefined
  /**
   * How long a process that stopped answering keeps the others of the fleet from warming; `false`: every process warms by itself.
   * Without a remote store there is no fleet. @default '30s'
   */
  readonly lease?: Duration | false | undefined
  /** Warmers of one name take turns in a fleet. @default 'warm' */
  readonly name?: string | undefined
  /** Numbers from 0 to 1 for jitter. @default Math.random */
  readonly random?: (() => number) | undefined
}

/** Options with every default in place. Lengths in milliseconds. */
export interface Settings {
  readonly name: string
  readonly concurrency: number
  readonly rate: { readonly loads: number; readonly perMs: number } | undefined
  readonly deadlineMs: number
  readonly retries: number
  readonly backoffMs: number
  /** `undefined`: no turns are taken. */
  readonly leaseMs: number | undefined
  readonly random: () => number
}

const known: readonly (keyof WarmerOptions)[] = [
  'jobs',
  'concurrency',
  'rate',
  'deadline',
  'retries',
  'backoff',
  'lease',
  'name',
  'random',
]

/** @throws {InvalidOptionError} */
export function parseSettings(options: WarmerOptions): Settings {
  checkNames('options of a warmer', options, known)
  if (!Array.isArray(options.jobs)) throw new InvalidOptionError('Expected `jobs` to be a list of warming jobs.')
  const { rate, name = 'warm' } = options
  if (typeof name !== 'string' || name === '')
    throw new InvalidOptionError(`Expected \`name\` to be a non-empty string, got ${JSON.stringify(name)}.`)
  return {
    name,
    concurrency: parseCount('concurrency', options.concurrency ?? 4, 1),
    rate: rate && { loads: parseCount('rate.loads', rate.loads, 1), perMs: parseLength('rate.per', rate.per) },
    deadlineMs: parseLength('deadline', options.deadline ?? '10m'),
    retries: parseCount('retries', options.retries ?? 2, 0),
    backoffMs: parseDuration('backoff', options.backoff ?? '500ms'),
    leaseMs: options.lease === false ? undefined : parseLength('lease', options.lease ?? '30s'),
    random: options.random ?? Math.random,
  }
}

function parseCount(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new InvalidOptionError(`Expected \`${name}\` to be a whole number of at least ${least}, got ${value}.`)
}

/** @throws {InvalidOptionError} when it is no duration, or nothing */
export function parseLength(name: string, value: Duration): number {
  const ms = parseDuration(name, value)
  if (ms > 0) return ms
  throw new InvalidOptionError(`Expected \`${name}\` to be longer than nothing, got ${value}.`)
}
