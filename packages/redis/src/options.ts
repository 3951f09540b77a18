import { checkNames, InvalidOptionError, parseDuration, type Duration } from '@holdfast/core'
import type { BatchLimits } from './chunks.ts'

/** What is believed of a Redis that is not the one it was. */
export type OnRestart = 'epoch' | 'replay' | 'trust'

/** How a store uses Redis. */
export interface RedisStoreOptions {
  /**
   * What every key, tag and channel of this store begins with. Stores with the same prefix on the same database share everything.
   *
   * @default 'holdfast:'
   * @throws {InvalidOptionError} when it is empty: it would speak for the whole server; on a Redis Cluster, when its first brace is that of `{}`
   */
  readonly prefix?: string
  /**
   * Connections for data, on which what is sent at once goes out side by side: for values of many kilobytes, or more than one batch of
   * reads under way. All of them are opened at once. One more listens.
   *
   * @default 1
   * @throws {InvalidOptionError} when it is not from 1 to 64
   */
  readonly connections?: number
  /** The largest batch that goes out as one command; what is larger goes out as several, in the same round trip. */
  readonly batch?: {
    /** @default 512 */
    readonly maxKeys?: number
    /** Bytes of keys in a read, of entries in a write. @default 1_048_576 */
    readonly maxBytes?: number
  }
  /** How long one attempt to connect may take, sign-in included. @default '2s' */
  readonly connectTimeout?: Duration
  /** How long a heartbeat, or a step of a session's beginning, may go unanswered before the connection is given up. @default '1s' */
  readonly heartbeatTimeout?: Duration
  /**
   * What is believed of a Redis that restarted, failed over or was restored: it may have forgotten what it had acknowledged.
   *
   * - `'epoch'`: nothing. The cache is cold, and no value from before an acknowledged invalidation is ever served.
   * - `'replay'`: what is older than `replayWindow`. Each process invalidates again what it had invalidated in that time. It holds when no more
   *   was lost than that, and every process that invalidated something is still there.
   * - `'trust'`: everything. Values that were invalidated may come back.
   *
   * @default 'epoch'
   * @throws {InvalidOptionError} for anything else
   */
  readonly onRestart?: OnRestart
  /** How far back `onRestart: 'replay'` reaches from the last contact. @default '30s' */
  readonly replayWindow?: Duration
  /** How many tags are known at once; entries of a forgotten one leave memory, and cost a round trip more. @default 100_000 */
  readonly maxTags?: number
}

/** Options with every default in place. Lengths in milliseconds. */
export interface ParsedOptions {
  readonly prefix: string
  readonly connections: number
  readonly limits: BatchLimits
  readonly connectMs: number
  readonly answerMs: number
  readonly onRestart: OnRestart
  readonly replayWindowMs: number
  readonly maxTags: number
}

const known: readonly string[] = [
  'prefix',
  'connections',
  'batch',
  'connectTimeout',
  'heartbeatTimeout',
  'onRestart',
  'replayWindow',
  'maxTags',
]

/** @throws {InvalidOptionError} */
export function parseOptions(options: RedisStoreOptions): ParsedOptions {
  checkNames('options of a Redis store', options, known)
  if (options.batch !== undefined) checkNames('batch', options.batch, ['maxKeys', 'maxBytes'])
  return {
    prefix: parsePrefix(options.prefix ?? 'holdfast:'),
    connections: parseConnections(options.connections ?? 1),
    limits: {
      maxKeys: parseCount('batch.maxKeys', options.batch?.maxKeys ?? 512),
      maxBytes: parseCount('batch.maxBytes', options.batch?.maxBytes ?? 1_048_576),
    },
    connectMs: parseLength('connectTimeout', options.connectTimeout ?? '2s'),
    answerMs: parseLength('heartbeatTimeout', options.heartbeatTimeout ?? '1s'),
    onRestart: parseOnRestart(options.onRestart ?? 'epoch'),
    replayWindowMs: parseLength('replayWindow', options.replayWindow ?? '30s'),
    maxTags: parseCount('maxTags', options.maxTags ?? 100_000),
  }
}

function parseOnRestart(onRestart: OnRestart): OnRestart {
  if (['epoch', 'replay', 'trust'].includes(onRestart)) return onRestart
  throw new InvalidOptionError(
    `Expected \`onRestart\` to be 'epoch', 'replay' or 'trust', got ${JSON.stringify(onRestart)}.`,
  )
}

function parsePrefix(prefix: string): string {
  if (typeof prefix === 'string' && prefix !== '' && prefix.isWellFormed()) return prefix
  throw new InvalidOptionError(
    `Expected \`prefix\` to be a non-empty string such as 'shop:', got ${typeof prefix === 'string' ? JSON.stringify(prefix) : typeof prefix}.`,
  )
}

function parseConnections(connections: number): number {
  if (Number.isSafeInteger(connections) && connections >= 1 && connections <= 64) return connections
  throw new InvalidOptionError(`Expected \`connections\` to be a whole number from 1 to 64, got ${connections}.`)
}

function parseCount(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw new InvalidOptionError(`Expected \`${name}\` to be a whole number of at least 1, got ${value}.`)
}

function parseLength(name: string, value: Duration): number {
  const ms = parseDuration(name, value)
  if (ms > 0) return ms
  throw new InvalidOptionError(`Expected \`${name}\` to be longer than nothing, got ${value}.`)
}
