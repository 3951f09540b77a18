import { createHash } from 'node:crypto'

const longestBytes = 512

/**
 * Next's key as a key of the cache: as it is, or by its digest where it is long (arguments of a cached function are part of it) or
 * holds half a character, which UTF-8 cannot.
 */
export function entryKey(prefix: string, key: string): string {
  if (key.length <= longestBytes && key.isWellFormed()) return `${prefix}:${key}`
  // Of its code units, so that no two keys have the same digest.
  return `${prefix}:sha256:${createHash('sha256').update(Buffer.from(key, 'utf16le')).digest('base64url')}`
}
