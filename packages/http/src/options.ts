import {
  checkNames,
  InvalidOptionError,
  parseByteSize,
  parseDuration,
  type ByteSize,
  type Duration,
} from '@holdfast/core'
import { careful } from './careful.ts'
import type { CachedRequest, CachedResponse } from './request.ts'
import type { Normalize, Vary } from './vary.ts'

/** How responses are cached. What a handler says of its response in `Cache-Control` counts more than `ttl`, `grace` and `staleWhileRevalidate`. */
export interface CacheResponseOptions {
  /**
   * How long a response is fresh whose handler does not say so itself, or a function; `undefined` from it: not to be stored. Only for
   * statuses that are cacheable by default (200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501).
   *
   * @default undefined: only what the handler says counts
   */
  readonly ttl?: Duration | ((request: CachedRequest, response: CachedResponse) => Duration | undefined) | undefined
  /** How long past its freshness a response may be served when the handler fails or answers 500, 502, 503 or 504. @default '0ms' */
  readonly grace?: Duration | undefined
  /** How long past its freshness a response may be served while it is loaded again behind. @default '0ms' */
  readonly staleWhileRevalidate?: Duration | undefined
  /** How long past its freshness a response with a validator is kept, to be revalidated. @default '10m' */
  readonly keep?: Duration | undefined
  /** Headers by which responses differ, besides those that they name in `Vary`. A record says how values are made fewer. */
  readonly vary?: Vary | undefined
  /**
   * What a response is stored under, instead of its URL; `undefined` from it: not to be cached. Whoever gives a key answers for it that
   * all who share it may share the response: with credentials, with `Set-Cookie`, with `private`.
   */
  readonly key?: ((request: CachedRequest) => string | undefined) | undefined
  /** What responses depend on, or a function: `cache.invalidateTags()` ends them. */
  readonly tags?:
    | readonly string[]
    | ((request: CachedRequest, response: CachedResponse) => readonly string[])
    | undefined
  /** Tags that a request with another method (POST, PUT, DELETE, …) invalidates when it succeeds, before it is answered. */
  readonly invalidates?:
    | readonly string[]
    | ((request: CachedRequest, response: CachedResponse) => readonly string[])
    | undefined
  /** The largest body that is kept; a larger one passes through as a stream. @default '1mb' */
  readonly maxBodyBytes?: ByteSize | undefined
  /**
   * The share of the time since `Last-Modified` for which a response is taken to be fresh whose handler says nothing, from 0 to 1. RFC 9111
   * suggests 0.1. @default 0: never
   */
  readonly heuristic?: number | undefined
  /** Obey what clients ask for in `Cache-Control` (`no-cache`, `max-age=0`, `only-if-cached`, …). @default true */
  readonly clientDirectives?: boolean | undefined
  /** Fields that speak to this cache before `Cache-Control` does (RFC 9213). @default ['CDN-Cache-Control'] */
  readonly targets?: readonly string[] | undefined
  /** What this cache is called in `Cache-Status`; `false`: no such header. @default 'holdfast' */
  readonly name?: string | false | undefined
  /** The namespace of the cache that responses live in. @default 'http' */
  readonly namespace?: string | undefined
}

/** The options, parsed once. Lengths in milliseconds. */
export interface ParsedOptions {
  readonly ttl: (request: CachedRequest, response: CachedResponse) => number | undefined
  readonly graceMs: number
  readonly staleWhileRevalidateMs: number
  readonly keepMs: number
  readonly vary: readonly string[]
  readonly normalizers: ReadonlyMap<string, Normalize>
  readonly key: ((request: CachedRequest) => string | undefined) | undefined
  /** Known before the handler runs. */
  readonly knownTags: readonly string[]
  /** Known after it; `undefined` when they cannot be known. */
  readonly tags: (request: CachedRequest, response: CachedResponse) => readonly string[] | undefined
  readonly invalidates: (request: CachedRequest, response: CachedResponse) => readonly string[]
  readonly maxBodyBytes: number
  readonly heuristic: number
  readonly clientDirectives: boolean
  readonly targets: readonly string[]
  readonly name: string | undefined
  readonly namespace: string
}

/** Parsed, with what holds where nothing is said. */
const parsers: { readonly [K in keyof Required<CacheResponseOptions>]: (value: never) => Partial<ParsedOptions> } = {
  ttl: (ttl: CacheResponseOptions['ttl']) => ({ ttl: parseTtl(ttl) }),
  grace: (grace: Duration) => ({ graceMs: parseDuration('grace', grace) }),
  staleWhileRevalidate: (value: Duration) => ({
    staleWhileRevalidateMs: parseDuration('staleWhileRevalidate', value),
  }),
  keep: (keep: Duration) => ({ keepMs: parseDuration('keep', keep) }),
  vary: parseVary,
  key: (key: NonNullable<ParsedOptions['key']>) => ({
    key: careful('key', parseFunction('key', key), () => undefined),
  }),
  tags: (tags: CacheResponseOptions['tags']) => {
    const list = parseList('tags', tags)
    if (typeof tags !== 'function') return { knownTags: tags ?? [] }
    return { tags: careful<Parameters<typeof list>, readonly string[] | undefined>('tags', list, () => undefined) }
  },
  invalidates: (tags: CacheResponseOptions['invalidates']) => ({
    invalidates: careful('invalidates', parseList('invalidates', tags), nothing),
  }),
  maxBodyBytes: (size: ByteSize) => ({ maxBodyBytes: parseByteSize('maxBodyBytes', size) }),
  heuristic: (value: number) => ({ heuristic: parseShare(value) }),
  clientDirectives: (value: boolean) => ({ clientDirectives: parseBoolean('clientDirectives', value) }),
  targets: (value: readonly string[]) => ({ targets: parseNames('targets', value) }),
  name: (value: string | false) => ({ name: parseName(value) }),
  namespace: (value: string) => ({ namespace: value }),
}

const nothing = (): readonly string[] => []

const defaults: ParsedOptions = {
  ttl: () => undefined,
  graceMs: 0,
  staleWhileRevalidateMs: 0,
  keepMs: 600_000,
  vary: [],
  normalizers: new Map(),
  key: undefined,
  knownTags: [],
  tags: nothing,
  invalidates: nothing,
  maxBodyBytes: 1_048_576,
  heuristic: 0,
  clientDirectives: true,
  targets: ['cdn-cache-control'],
  name: 'holdfast',
  namespace: 'http',
}

/** The names of all options. */
export const optionNames: readonly string[] = Object.keys(parsers)

/** @throws {InvalidOptionError} for an option that is unknown or cannot be used */
export function parseOptions(options: CacheResponseOptions): ParsedOptions {
  checkNames('options', options, optionNames)
  let parsed = defaults
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    parsed = { ...parsed, ...parsers[name as keyof CacheResponseOptions](value as never) }
  }
  return parsed
}

function parseTtl(ttl: CacheResponseOptions['ttl']): ParsedOptions['ttl'] {
  if (typeof ttl !== 'function') {
    const ms = parseDuration('ttl', ttl as Duration)
    return () => ms
  }
  const ask = (request: CachedRequest, response: CachedResponse): number | undefined => {
    const duration = ttl(request, response)
    return duration === undefined ? undefined : parseDuration('ttl', duration)
  }
  return careful('ttl', ask, () => undefined)
}

function parseVary(vary: Vary): Partial<ParsedOptions> {
  if (Array.isArray(vary)) return { vary: parseNames('vary', vary) }
  const entries = Object.entries(vary).map(([name, how]) => [name.toLowerCase(), how] as const)
  const normalizers = new Map<string, Normalize>()
  for (const [name, how] of entries) {
    if (how === true) continue
    normalizers.set(
      name,
      careful(`vary.${name}`, parseFunction(`vary.${name}`, how), (value) => value),
    )
  }
  return { vary: parseNames('vary', Object.keys(vary)), normalizers }
}

function parseNames(option: string, value: readonly string[]): readonly string[] {
  if (Array.isArray(value) && value.every((name) => typeof name === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(name)))
    return value.map((name) => name.toLowerCase())
  throw new InvalidOptionError(`Expected \`${option}\` to be names of headers, got ${JSON.stringify(value)}.`)
}

function parseList(
  option: string,
  value: CacheResponseOptions['tags'],
): (request: CachedRequest, response: CachedResponse) => readonly string[] {
  if (typeof value === 'function') return value
  if (Array.isArray(value) && value.every((tag) => typeof tag === 'string' && tag !== '')) return () => value
  throw new InvalidOptionError(`Expected \`${option}\` to be an array of tags or a function, got ${String(value)}.`)
}

function parseFunction<F>(option: string, value: F): F {
  if (typeof value === 'function') return value
  throw new InvalidOptionError(`Expected \`${option}\` to be a function, got ${String(value)}.`)
}

function parseBoolean(option: string, value: boolean): boolean {
  if (typeof value === 'boolean') return value
  throw new InvalidOptionError(`Expected \`${option}\` to be true or false, got ${String(value)}.`)
}

function parseShare(value: number): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value
  throw new InvalidOptionError(`Expected \`heuristic\` to be a number from 0 to 1, got ${String(value)}.`)
}

function parseName(value: string | false): string | undefined {
  if (value === false) return undefined
  if (typeof value === 'string' && /^[A-Za-z*][\w!#$%&'*+.^`|~:/-]*$/.test(value)) return value
  throw new InvalidOptionError(
    `Expected \`name\` to be a token such as 'shop-api', or false, got ${JSON.stringify(value)}.`,
  )
}
