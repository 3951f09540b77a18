/** A request as options see it. A Web `Request` is one. */
export interface CachedRequest {
  readonly method: string
  /** Scheme, host, path and query, as they came. */
  readonly url: string
  readonly headers: HeaderReader
}

/** A response as options see it. A Web `Response` is one. */
export interface CachedResponse {
  readonly status: number
  readonly headers: HeaderReader
}

/** Reads header fields by name, without case. Several lines of one name are joined by commas. */
export interface HeaderReader {
  get(name: string): string | null
}

/** A request as a framework's adapter hands it in. */
export interface Ask extends CachedRequest {
  /** It carries a body; a GET with one is nobody's to cache. */
  readonly hasBody: boolean
  /** Aborts when the client went away, where the framework tells by a signal. */
  readonly signal: AbortSignal | undefined
  /** The client went away. */
  isGone(): boolean
}

/** What must differ in the request that the handler gets. */
export interface RequestChange {
  readonly remove: readonly string[]
  readonly set: readonly (readonly [name: string, value: string])[]
}

/** The headers by which a client makes its request conditional, or asks for a part. */
export const conditionalNames: readonly string[] = [
  'if-none-match',
  'if-modified-since',
  'if-match',
  'if-unmodified-since',
  'if-range',
  'range',
]
