import { SerializationError } from '@holdfast/core'
import { Unpackr } from 'msgpackr'

import { decompress } from './compress.ts'
import { headByte, markedBit } from './head.ts'
import { revive } from './marks.ts'

// Bytes are copied, so that a small buffer in a value does not keep the network's large one alive.
const unpackr = new Unpackr({ mapsAsObjects: true, structuredClone: false, copyBuffers: true })

/** @throws {SerializationError} when they are not the bytes of a value; what they hold is not repeated in it */
export function decode(bytes: Uint8Array): unknown {
  // A view of our own: msgpackr keeps a field on what it reads, and reads a `Buffer` out of nothing but a `Buffer`.
  const payload = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    if (payload[0] !== headByte) return unpackr.unpack(payload)
    return withHead(payload)
  } catch (error) {
    if (error instanceof SerializationError) throw error
    throw new SerializationError('The bytes are not those of a value.')
  }
}

function withHead(payload: Buffer): unknown {
  const head = payload[1] ?? 0
  const compression = head >> 4
  if ((head & 0x0f) > markedBit) throw new SerializationError('The bytes are of a newer version.')
  const body = compression === 0 ? payload.subarray(2) : decompress(compression, payload.subarray(2))
  const value: unknown = unpackr.unpack(body)
  return (head & markedBit) === 0 ? value : revive(value)
}
