import { setTimeout as sleep } from 'node:timers/promises'
import type { Reading } from '../app/meters.ts'
import type { ApiProcess } from './api.ts'

/** A reading of an API process, and when it was taken, in milliseconds since the epoch. */
export interface TimedReading {
  readonly at: number
  readonly reading: Reading
}

/** Reads the meters of an API process until it is disposed of. */
export interface MeterWatch extends AsyncDisposable {
  readonly readings: readonly TimedReading[]
}

/** Reads the meters now and every `everyMs`; a reading that fails is left out, as the process may be gone. */
export function watchMeters(api: ApiProcess, everyMs: number): MeterWatch {
  const readings: TimedReading[] = []
  const over = new AbortController()
  const watching = (async () => {
    while (!over.signal.aborted) {
      const reading = await api.read().catch(() => undefined)
      if (reading !== undefined) readings.push({ at: Date.now(), reading })
      await sleep(everyMs)
    }
  })()
  return {
    readings,
    [Symbol.asyncDispose]: () => {
      over.abort()
      return watching
    },
  }
}
