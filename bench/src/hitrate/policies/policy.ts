import type { Trace } from '../trace.ts'

/** A way to decide what stays in a cache of `capacity` entries; a miss offers the key to it. */
export interface Policy {
  readonly name: string
  /** Hits of the whole trace, starting empty. */
  hits(trace: Trace, capacity: number): number
}

/** A policy that sees one key after the other. `request` returns whether it was there, and lets it in when it was not. */
export function online(name: string, open: (capacity: number, trace: Trace) => (key: number) => boolean): Policy {
  return {
    name,
    hits(trace, capacity) {
      const request = open(capacity, trace)
      let hits = 0
      for (const key of trace.requests) if (request(key)) hits++
      return hits
    },
  }
}
