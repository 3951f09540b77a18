import type { Subject } from '../peers/peer.ts'
import { need } from './case.ts'
import { makeKeys, makeRows, type Row } from './payloads.ts'

/** What the warm cases read: a power of two, so that loops can cycle with a mask. */
export const warmKeys: readonly string[] = makeKeys(1_024)

const rows = makeRows(warmKeys.length)

export function rowOf(index: number): Row {
  return rows[index % rows.length] as Row
}

/** Stores a row under each key, some at a time. */
export async function fill(subject: Subject, keys: readonly string[] = warmKeys): Promise<void> {
  const set = need(subject.set, 'set')
  for (let from = 0; from < keys.length; from += 64) {
    await Promise.all(keys.slice(from, from + 64).map((key, i) => set(key, rowOf(from + i))))
  }
}

/** Consecutive batches of keys. */
export function batchesOf(size: number, count: number): readonly (readonly string[])[] {
  return Array.from({ length: count }, (_, batch) =>
    Array.from({ length: size }, (_, i) => warmKeys[(batch * 37 + i) % warmKeys.length] ?? ''),
  )
}
