/**
 * What Next.js 16 asks of the two handlers, as far as they rely on it. Written here, so that Next's own types (and React's, which
 * they bring) are no part of ours.
 */

/** A value of `'use cache'` on its way to or from a handler. Lengths in seconds, `timestamp` in milliseconds of the host's clock. */
export interface UseCacheEntry {
  value: ReadableStream<Uint8Array>
  tags: string[]
  /** For the client alone. */
  stale: number
  /** When its making began. */
  timestamp: number
  /** Past it the value may not be served. */
  expire: number
  /** Past it the value is served once more, and made anew behind. Negative: at once. */
  revalidate: number
}

/** How long a revalidated tag may still be served stale, in seconds. */
export interface RevalidateDurations {
  readonly expire?: number
}

/** What `cacheHandlers` of `next.config` names. */
export interface UseCacheHandler {
  get(cacheKey: string, softTags: string[]): Promise<UseCacheEntry | undefined>
  set(cacheKey: string, pendingEntry: Promise<UseCacheEntry>): Promise<void>
  refreshTags(): Promise<void>
  getExpiration(tags: string[]): Promise<number>
  updateTags(tags: string[], durations?: RevalidateDurations): Promise<void>
}

/** How long a response is fresh, and how long it may be served at all, in seconds. */
export interface CacheControl {
  readonly revalidate: number | false
  readonly expire?: number | undefined
}

/** A page, a route's answer, a `fetch`, an image: told apart by `kind`, whose other fields the handler hands back as they came. */
export interface IsrValue {
  readonly kind: string
  readonly headers?: unknown
  readonly tags?: unknown
  readonly revalidate?: unknown
}

/** What is looked for. `tags` and `softTags` come with a `fetch`. */
export interface IsrGetContext {
  readonly kind: string
  readonly tags?: readonly string[]
  readonly softTags?: readonly string[]
}

/** What is stored, besides the value. */
export interface IsrSetContext {
  readonly kind?: string
  readonly fetchCache?: boolean
  readonly tags?: readonly string[]
  readonly cacheControl?: CacheControl | undefined
}

/** What is found. `value` is `null` for a page that says it does not exist. */
export interface IsrEntry {
  readonly lastModified: number
  readonly value: IsrValue | null
  readonly cacheControl?: CacheControl
}

/** What Next gives a handler when it makes one, which it does for each request. */
export interface IsrHandlerContext {
  readonly serverDistDir?: string
  readonly revalidatedTags?: readonly string[]
}

/** An instance of what `cacheHandler` of `next.config` names. */
export interface IsrHandler {
  get(cacheKey: string, context: IsrGetContext): Promise<IsrEntry | null>
  set(cacheKey: string, value: IsrValue | null, context: IsrSetContext): Promise<void>
  revalidateTag(tags: string | readonly string[], durations?: RevalidateDurations): Promise<void>
  resetRequestCache(): void
}
