import { SerializationError, type Serializer } from '@holdfast/core'
import { expect } from 'vitest'

/** A value after its way through bytes. The bytes are wiped before the value is looked at: it must not live on them. */
export function roundTrip(serializer: Serializer, value: unknown): unknown {
  const bytes = Uint8Array.from(serializer.serialize(value))
  const back = serializer.deserialize(bytes)
  bytes.fill(0xaa)
  return back
}

/** That a value comes back equal, type by type: `-0` is not `0`, a `Buffer` no other `Uint8Array`, a field no absent one. */
export function expectToComeBack(serializer: Serializer, value: unknown): void {
  expect(roundTrip(serializer, value)).toStrictEqual(value)
}

/** That a value comes back equal, or is refused where it is serialized. */
export function expectBackOrRefused(serializer: Serializer, value: unknown): void {
  let bytes: Uint8Array
  try {
    bytes = serializer.serialize(value)
  } catch (error) {
    expect(error).toBeInstanceOf(SerializationError)
    return
  }
  expect(serializer.deserialize(bytes)).toStrictEqual(value)
}

/** That a value is refused, by the error that callers know. */
export function expectRefused(serializer: Serializer, value: unknown): void {
  expect(() => serializer.serialize(value)).toThrow(SerializationError)
}
