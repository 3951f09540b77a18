import { parseBoolean, type GetOptions, type ReadOptions } from './options.ts'

/** @throws {InvalidOptionError} when `stale` is not a boolean */
export function acceptsStale(options: GetOptions | undefined, otherwise: boolean): boolean {
  return options?.stale === undefined ? otherwise : parseBoolean('stale', options.stale)
}

/** What only a read without a loader takes, besides the options of every read. */
export const lookOnly: readonly string[] = ['stale']

/**
 * Rejects when the signal aborts before `done` is called; its listener does not outlive the wait.
 *
 * @throws the signal's reason, when it is aborted already
 */
export function untilAborted<R>(
  signal: AbortSignal | undefined,
  done: (result: R) => void,
  reject: (error: unknown) => void,
): (result: R) => void {
  if (signal === undefined) return done
  signal.throwIfAborted()
  const aborted = (): void => reject(signal.reason)
  signal.addEventListener('abort', aborted, { once: true })
  return (result) => {
    signal.removeEventListener('abort', aborted)
    done(result)
  }
}

/**
 * Whether a hit needs to look at none of the options: they only matter to a load and to what is stored. A number where there should
 * be a duration is found at once all the same.
 */
export function isPlain(options: ReadOptions<never> | null): boolean {
  return (
    options !== null &&
    typeof options.ttl !== 'number' &&
    typeof options.grace !== 'number' &&
    options.force === undefined &&
    options.skipMemory === undefined &&
    options.isolation === undefined &&
    options.refreshAhead === undefined &&
    options.signal === undefined
  )
}
