import { checkNames, InvalidOptionError, parseByteSize, refusal, type ByteSize, type Serializer } from '@holdfast/core'

import { compress, methods, type Compression, type Method } from './compress.ts'
import { decode } from './decode.ts'
import { Encoder } from './encode.ts'

/** What `msgpack()` compresses, and how. */
export interface CompressOptions {
  /**
   * Payloads of more bytes are compressed, in the caller's turn of the event loop: a number, or `'4kb'`.
   *
   * @throws {InvalidOptionError} when it is not a positive size
   */
  readonly above: ByteSize
  /**
   * The method. Payloads say by which they were compressed: it can be changed at any time.
   *
   * @default 'zstd' where this version of Node has it (22.15), otherwise 'deflate'
   * @throws {InvalidOptionError} when it is not known, or this version of Node has not got it
   */
  readonly method?: Compression
  /**
   * How hard to try: 1–9 for deflate, 0–11 for brotli, 1–19 for zstd.
   *
   * @default 3, or 4 for brotli
   * @throws {InvalidOptionError} when the method has no such level
   */
  readonly level?: number
}

export interface MsgpackOptions {
  /** @default nothing is compressed */
  readonly compress?: CompressOptions
}

/**
 * Serializes to MessagePack by msgpackr: smaller and quicker than JSON, above all for rows, and nothing changes its type.
 *
 * Kept are: `undefined` (in fields and items), `-0`, `NaN`, infinities, bigints, `Date`, `Map`, `Set`, `Buffer`, typed arrays,
 * `ArrayBuffer`, `DataView`, `URL`, `RegExp`, errors, and holes in arrays. What would not come back equal is refused by a
 * `SerializationError` that says where in the value it is.
 *
 * @throws {InvalidOptionError} when an option cannot be used
 */
export function msgpack(options: MsgpackOptions = {}): Serializer {
  checkNames('options of msgpack', options, ['compress'])
  const shrink = compressor(options.compress)
  let idle: Encoder | undefined = new Encoder()

  function encode(value: unknown): Buffer {
    // A getter in the value may serialize another one meanwhile, which then has an encoder of its own.
    const encoder = idle ?? new Encoder()
    idle = undefined
    try {
      return encoder.encode(value)
    } finally {
      idle = encoder
    }
  }

  return {
    name: 'msgpack',
    serialize(value) {
      try {
        return shrink(encode(value))
      } catch (error) {
        throw refusal(error, value, encode)
      }
    },
    deserialize: decode,
  }
}

function compressor(options: CompressOptions | undefined): (payload: Buffer) => Uint8Array {
  if (options === undefined) return (payload) => payload
  checkNames('compress', options, ['above', 'method', 'level'])
  const above = parseByteSize('compress.above', options.above)
  const method = methodOf(options.method ?? (methods.zstd.isAvailable ? 'zstd' : 'deflate'))
  const level = levelOf(method, options.level)
  return (payload) => (payload.length > above ? compress(payload, method, level) : payload)
}

function methodOf(name: Compression): Method {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined
  if (method === undefined) {
    throw new InvalidOptionError(
      `Expected \`compress.method\` to be 'deflate', 'brotli' or 'zstd', got ${JSON.stringify(name)}.`,
    )
  }
  if (method.isAvailable) return method
  throw new InvalidOptionError(
    `\`compress.method\` is 'zstd', which Node ${process.versions.node} has not: use 22.15 or newer, or 'deflate'.`,
  )
}

function levelOf(method: Method, level: number | undefined): number {
  const [least, usual, most] = method.levels
  if (level === undefined) return usual
  if (Number.isInteger(level) && level >= least && level <= most) return level
  throw new InvalidOptionError(
    `Expected \`compress.level\` to be a whole number from ${least} to ${most}, got ${String(level)}.`,
  )
}
