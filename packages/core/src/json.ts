import type { Serializer } from './contracts.ts'

/** JSON. */
export function json(): Serializer {
  return {
    name: 'json',
    serialize: (value) => Buffer.from(JSON.stringify(value)),
    deserialize: (bytes) =>
      JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as unknown,
  }
}
