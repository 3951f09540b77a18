import { SerializationError } from '@holdfast/core'
import * as zlib from 'node:zlib'

import { headByte, markedBit } from './head.ts'

/** How payloads can be compressed. `zstd` is the quickest and needs Node 22.15; `deflate` is everywhere; `brotli` is the smallest. */
export type Compression = 'deflate' | 'brotli' | 'zstd'

export interface Method {
  /** What the head says. */
  readonly number: number
  readonly levels: readonly [least: number, usual: number, most: number]
  readonly isAvailable: boolean
  compress(bytes: Uint8Array, level: number): Buffer
  decompress(bytes: Uint8Array, length: number): Buffer
}

const { BROTLI_PARAM_QUALITY, ZSTD_c_compressionLevel, ZSTD_d_windowLogMax } = zlib.constants
/** The window of the highest level allowed: a frame that asks for more memory is not ours. */
const zstdWindowLog = 23

export const methods: Readonly<Record<Compression, Method>> = {
  deflate: {
    number: 1,
    levels: [1, 3, 9],
    isAvailable: true,
    compress: (bytes, level) => zlib.deflateRawSync(bytes, { level }),
    decompress: (bytes, length) => zlib.inflateRawSync(bytes, { maxOutputLength: length }),
  },
  brotli: {
    number: 2,
    levels: [0, 4, 11],
    isAvailable: true,
    compress: (bytes, level) => zlib.brotliCompressSync(bytes, { params: { [BROTLI_PARAM_QUALITY]: level } }),
    decompress: (bytes, length) => zlib.brotliDecompressSync(bytes, { maxOutputLength: length }),
  },
  zstd: {
    number: 3,
    levels: [1, 3, 19],
    isAvailable: typeof zlib.zstdCompressSync === 'function',
    compress: (bytes, level) => zlib.zstdCompressSync(bytes, { params: { [ZSTD_c_compressionLevel]: level } }),
    decompress: (bytes, length) =>
      zlib.zstdDecompressSync(bytes, { maxOutputLength: length, params: { [ZSTD_d_windowLogMax]: zstdWindowLog } }),
  },
}

const headLength = 6
/** A payload that claims to grow by more is refused, and none is written: few bytes never ask for much memory. */
const mostGrowth = 1_000

/** The payload compressed, behind a head that says so; itself where that is no smaller. */
export function compress(payload: Buffer, method: Method, level: number): Buffer {
  const isMarked = payload[0] === headByte
  const body = isMarked ? payload.subarray(2) : payload
  const compressed = method.compress(body, level)
  if (headLength + compressed.length >= payload.length || body.length > compressed.length * mostGrowth) return payload
  const head = Buffer.from([headByte, (method.number << 4) | (isMarked ? markedBit : 0), 0, 0, 0, 0])
  head.writeUInt32BE(body.length, 2)
  return Buffer.concat([head, compressed])
}

/**
 * What follows the head's first two bytes, decompressed.
 *
 * @throws {SerializationError} when the method is unknown, the bytes are damaged, or they are not as long as they claim
 */
export function decompress(number: number, rest: Buffer): Buffer {
  const method = Object.values(methods).find((each) => each.number === number)
  if (method === undefined) throw new SerializationError('The bytes are compressed by an unknown method.')
  if (!method.isAvailable)
    throw new SerializationError('The bytes are compressed by zstd, which this version of Node has not.')
  const length = rest.readUInt32BE(0)
  const compressed = rest.subarray(4)
  if (length > compressed.length * mostGrowth)
    throw new SerializationError('The bytes claim to be far more than they are.')
  const body = method.decompress(compressed, length)
  if (body.length !== length) throw new SerializationError('The bytes are not as many as they claim.')
  return body
}
