import { SerializationError } from '@holdfast/core'
import { Unpackr } from 'msgpackr'

import { decompress } from './compress.ts'
import { headByte, markedBit } from './head.ts'
import { refuseMarks, revive } from './marks.ts'
import { Reader, unread } from './reader.ts'

const reader = new Reader()
// Bytes are copied, so that a small buffer in a value does not keep the network's large one alive.
const unpackr = new Unpackr({ mapsAsObjects: true, structuredClone: false, copyBuffers: true })

/** @throws {SerializationError} when they are not the bytes of a value; what they hold is not repeated in it */
export function decode(bytes: Uint8Array): unknown {
  const payload = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    return payload[0] === headByte ? withHead(payload) : withoutMarks(payload)
  } catch (error) {
    if (error instanceof SerializationError) throw error
    throw new SerializationError('The bytes are not those of a value.')
  }
}

function body(payload: Buffer): unknown {
  const value = reader.read(payload)
  // A view of its own: msgpackr keeps a field on what it reads.
  return value === unread ? unpackr.unpack(payload.subarray()) : value
}

/** A mark in a payload whose head says nothing of marks is none of ours. */
function withoutMarks(payload: Buffer): unknown {
  const value = body(payload)
  // The byte stands in strings and numbers too: only then it takes a walk to know.
  if (payload.includes(headByte)) refuseMarks(value)
  return value
}

function withHead(payload: Buffer): unknown {
  const head = payload[1] ?? 0
  const compression = head >> 4
  if ((head & 0x0f) > markedBit) throw new SerializationError('The bytes are of a newer version.')
  const rest = compression === 0 ? payload.subarray(2) : decompress(compression, payload.subarray(2))
  return (head & markedBit) === 0 ? withoutMarks(rest) : revive(body(rest))
}
