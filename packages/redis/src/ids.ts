import { randomFillSync } from 'node:crypto'
import { idBytes } from '@holdfast/core'

/** Gives ids of 8 bytes, each once. Never counters: one that is lost and begins anew would repeat what was given before. */
export type IdSource = () => Uint8Array

const poolBytes = 512 * idBytes

/** Random ids, cut from a pool: filling it costs a system call, an id next to nothing. */
export function randomIds(): IdSource {
  let pool = new Uint8Array(0)
  let at = 0
  return () => {
    if (at === pool.length) {
      // A new one each time: ids that were given out are views of the last.
      pool = randomFillSync(new Uint8Array(poolBytes))
      at = 0
    }
    return pool.subarray(at, (at += idBytes))
  }
}

/** A name of 8 characters for a session, made of 6 bytes of an id. */
export function nameFrom(id: Uint8Array): string {
  return Buffer.from(id.subarray(0, 6)).toString('base64url')
}
