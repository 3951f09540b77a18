import type { ReadOptions } from '@holdfast/core'
import { toDuration, type Seconds } from './seconds.ts'

/** Options of a read as the kit takes them: numbers are seconds. */
export interface KitReadOptions<V = unknown> extends Omit<
  ReadOptions<V>,
  'ttl' | 'grace' | 'softTimeout' | 'timeout' | 'tags'
> {
  /** How long a value is fresh, or a function of the value. @default CACHE_DEFAULT_TTL, an hour where that is not set */
  readonly ttl?: Seconds | ((value: V) => Seconds) | undefined
  /** How long past its ttl a value may still be served when it cannot be loaded. @default 0 */
  readonly grace?: Seconds | undefined
  /** How long a caller waits for a load before it gets the stale value within grace. @default undefined: callers wait */
  readonly softTimeout?: Seconds | undefined
  /** How long a read may take in all. @default 30 */
  readonly timeout?: Seconds | undefined
  /** What the value depends on, or a function of the value. */
  readonly tags?: readonly string[] | ((value: V) => readonly string[]) | undefined
}

/** What holds where a call says nothing. */
export type KitDefaults = Omit<KitReadOptions, 'signal' | 'force'>

/** A call's options on top of the kit's. Tags add up; everything else replaces, where the call says something. */
export function onTopOf<V>(defaults: KitDefaults, options: KitReadOptions<V>): KitReadOptions<V> {
  const said = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const tags = joinTags(defaults.tags as KitReadOptions<V>['tags'], options.tags)
  return { ...(defaults as KitReadOptions<V>), ...said, ...(tags === undefined ? {} : { tags }) }
}

function joinTags<V>(some: KitReadOptions<V>['tags'], more: KitReadOptions<V>['tags']): KitReadOptions<V>['tags'] {
  if (some === undefined || more === undefined) return some ?? more
  if (typeof some !== 'function' && typeof more !== 'function') return [...some, ...more]
  const of = (tags: typeof some, value: V): readonly string[] => (typeof tags === 'function' ? tags(value) : tags)
  return (value) => [...of(some, value), ...of(more, value)]
}

/** The same options as the cache takes them. */
export function toReadOptions<V>(options: KitReadOptions<V>): ReadOptions<V> {
  const { ttl, grace, softTimeout, timeout, ...same } = options
  return {
    ...same,
    ...(ttl === undefined ? {} : { ttl: toTtl(ttl) }),
    ...(grace === undefined ? {} : { grace: toDuration('grace', grace) }),
    ...(softTimeout === undefined ? {} : { softTimeout: toDuration('softTimeout', softTimeout) }),
    ...(timeout === undefined ? {} : { timeout: toDuration('timeout', timeout) }),
  }
}

function toTtl<V>(ttl: Seconds | ((value: V) => Seconds)): NonNullable<ReadOptions<V>['ttl']> {
  return typeof ttl === 'function' ? (value) => toDuration('ttl', ttl(value)) : toDuration('ttl', ttl)
}
