/** The code of every error that Holdfast itself throws, listed in `docs/reference/errors.md`. */
export type HoldfastErrorCode =
  | 'ERR_HOLDFAST_INVALID_OPTION'
  | 'ERR_HOLDFAST_CACHE_CLOSED'
  | 'ERR_HOLDFAST_LOAD_TIMEOUT'
  | 'ERR_HOLDFAST_LOAD_REJECTED'
  | 'ERR_HOLDFAST_SERIALIZATION'
  | 'ERR_HOLDFAST_REMOTE_TIMEOUT'
  | 'ERR_HOLDFAST_REMOTE_UNAVAILABLE'

/** An error with a stable {@link HoldfastErrorCode}. */
export class HoldfastError extends Error {
  readonly code: HoldfastErrorCode

  constructor(code: HoldfastErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.name = new.target.name
  }
}

/** An option, key or argument that cannot be used. The message names it, shows it, and says what to write. */
export class InvalidOptionError extends HoldfastError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_HOLDFAST_INVALID_OPTION', message, options)
  }
}

/** A call on a cache after its `close()`. */
export class CacheClosedError extends HoldfastError {
  constructor(message = 'The cache is closed.') {
    super('ERR_HOLDFAST_CACHE_CLOSED', message)
  }
}

/** A load that took longer than its `timeout`, with no stale value to serve instead. */
export class LoadTimeoutError extends HoldfastError {
  constructor(message: string) {
    super('ERR_HOLDFAST_LOAD_TIMEOUT', message)
  }
}

/** A load that was not begun because as many as `loads` allows are running and waiting. */
export class LoadRejectedError extends HoldfastError {
  constructor(message: string) {
    super('ERR_HOLDFAST_LOAD_REJECTED', message)
  }
}

/** A value that would not come back equal from its bytes, or bytes that cannot be read. */
export class SerializationError extends HoldfastError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_HOLDFAST_SERIALIZATION', message, options)
  }
}

/** A remote store that did not answer before the deadline. Seen in events and by adapters, never by the caller of a read-through. */
export class RemoteTimeoutError extends HoldfastError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_HOLDFAST_REMOTE_TIMEOUT', message, options)
  }
}

/** A remote store that cannot be used now: not connected, closed, refused, or taken out of the path by a breaker. */
export class RemoteUnavailableError extends HoldfastError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_HOLDFAST_REMOTE_UNAVAILABLE', message, options)
  }
}
