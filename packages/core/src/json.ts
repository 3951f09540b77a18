import type { Serializer } from './contracts.ts'
import { SerializationError } from './errors.ts'
import { JsonWriter } from './json-write.ts'
import { reviveJson, tagStart } from './json-read.ts'
import { refusal } from './refusal.ts'

/**
 * JSON that keeps types: what JSON has no word for is an object with one field whose name begins with `$`, such as
 * `{ "$date": 1893456000000 }`; a field of a value that begins so is written with another `$` before it. Values of JSON alone are
 * plain JSON.
 *
 * Keeps and refuses the same types as `msgpack()`, which is smaller and quicker.
 */
export function json(): Serializer {
  return {
    name: 'json',
    serialize(value) {
      try {
        return Buffer.from(new JsonWriter().text(value))
      } catch (error) {
        throw refusal(error, value, (part) => new JsonWriter().text(part))
      }
    },
    deserialize(bytes) {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      try {
        const value: unknown = JSON.parse(buffer.toString())
        return buffer.includes(tagStart) ? reviveJson(value) : value
      } catch (error) {
        if (error instanceof SerializationError) throw error
        // Without its cause, whose message quotes the bytes.
        throw new SerializationError('The bytes are not those of a value.')
      }
    },
  }
}
