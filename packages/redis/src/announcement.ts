import { isUtf8 } from 'node:buffer'
import type { Invalidation } from '@holdfast/core'

/*
 * What was invalidated, as published: the session that did it (8 bytes), a kind, and names without the prefix.
 *   k key · t tag · p pattern · K, T several, each after its length in 2 bytes · e and anything unknown or damaged: everything
 * A version never travels: it is read.
 */

const meBytes = 8
/** Larger announcements are split: servers cut off subscribers that lag by too many bytes. */
const maxBytes = 65_536

/** The messages that announce an invalidation; more than one only when there are very many names. */
export function announcements(me: string, what: Invalidation): readonly (string | Uint8Array)[] {
  switch (what.type) {
    case 'keys':
      return named(me, 'k', 'K', what.names)
    case 'tags':
      return named(me, 't', 'T', what.names)
    case 'pattern':
      return [`${me}p${what.pattern}`]
    default:
      return [`${me}e`]
  }
}

/** What another session announced; `undefined` when it was `me`. */
export function heardIn(message: Buffer, me: string): Invalidation | undefined {
  if (message.toString('latin1', 0, meBytes) === me) return undefined
  const kind = String.fromCharCode(message[meBytes] ?? 0)
  switch (kind) {
    case 'k':
    case 't':
    case 'p': {
      const name = nameIn(message, meBytes + 1, message.length)
      if (name === undefined) return { type: 'all' }
      if (kind === 'p') return { type: 'pattern', pattern: name }
      return { type: kind === 'k' ? 'keys' : 'tags', names: [name] }
    }
    case 'K':
    case 'T': {
      const names = namesIn(message)
      return names === undefined ? { type: 'all' } : { type: kind === 'K' ? 'keys' : 'tags', names }
    }
    default:
      return { type: 'all' }
  }
}

/** `undefined` when it cannot be a name: it is empty, or no UTF-8. */
function nameIn(message: Buffer, from: number, to: number): string | undefined {
  const bytes = message.subarray(from, to)
  return bytes.length > 0 && isUtf8(bytes) ? bytes.toString() : undefined
}

function named(me: string, one: string, many: string, names: readonly string[]): readonly (string | Uint8Array)[] {
  if (names.length === 1) return [`${me}${one}${names[0]}`]
  const messages: Buffer[] = []
  for (let from = 0, to = 0; from < names.length; from = to) {
    let size = meBytes + 1
    for (; to < names.length; to++) {
      const more = 2 + Buffer.byteLength(names[to]!)
      if (to > from && size + more > maxBytes) break
      size += more
    }
    messages.push(packNames(me + many, names.slice(from, to), size))
  }
  return messages
}

function packNames(head: string, names: readonly string[], size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size)
  let at = bytes.write(head, 'latin1')
  for (const name of names) {
    const length = bytes.write(name, at + 2)
    at = bytes.writeUInt16BE(length, at) + length
  }
  return bytes
}

/** `undefined` when it is cut short or damaged: then nothing in it is believed, and everything is. */
function namesIn(message: Buffer): string[] | undefined {
  const names: string[] = []
  let at = meBytes + 1
  while (at < message.length) {
    if (at + 2 > message.length) return undefined
    const end = at + 2 + message.readUInt16BE(at)
    const name = end > message.length ? undefined : nameIn(message, at + 2, end)
    if (name === undefined) return undefined
    names.push(name)
    at = end
  }
  return names.length === 0 ? undefined : names
}
