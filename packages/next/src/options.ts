import { InvalidOptionError, parseDuration, type Cache, type Duration } from '@holdfast/core'

/** What both handlers are made of. */
export interface NextHandlerOptions {
  /** The cache, or what gives it when it is first needed. Nothing of it is touched during `next build`. */
  readonly cache: Cache | (() => Cache)
  /** The namespace of the cache under which everything of Next stands. @default 'next' */
  readonly namespace?: string | undefined
  /** How long an entry is kept at most, whatever Next allows: `cacheLife('max')` and `revalidate: false` mean for ever. @default '30d' */
  readonly maxAge?: Duration | undefined
}

/** The options of a handler, parsed once. */
export interface ParsedOptions {
  readonly cache: () => Cache
  readonly namespace: string
  readonly maxAgeMs: number
}

/** @throws {InvalidOptionError} for an option that is missing or cannot be used */
export function parseOptions({ cache, namespace = 'next', maxAge = '30d' }: NextHandlerOptions): ParsedOptions {
  const isCache = typeof cache === 'object' && cache !== null
  if (!isCache && typeof cache !== 'function')
    throw new InvalidOptionError(
      `Expected \`cache\` to be a cache, or a function that returns one, got ${typeof cache}.`,
    )
  const maxAgeMs = parseDuration('maxAge', maxAge)
  if (maxAgeMs <= 0) throw new InvalidOptionError(`Expected \`maxAge\` to be above 0, got ${maxAge}.`)
  return { cache: isCache ? () => cache : cache, namespace, maxAgeMs }
}
