/** Numbers as they lie in bytes, without a view of each. */
export function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}

export function uint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

const doubles = new Float64Array(1)
const doubleBytes = new Uint8Array(doubles.buffer)
const floats = new Float32Array(1)
const floatBytes = new Uint8Array(floats.buffer)
// Which end comes first is the machine's.
floats[0] = 2
const last = (length: number): number => (floatBytes[3] === 0 ? 0 : length - 1)
const lastOfDouble = last(8)
const lastOfFloat = last(4)

export function double(bytes: Uint8Array, at: number): number {
  for (let i = 0; i < 8; i++) doubleBytes[Math.abs(lastOfDouble - i)] = bytes[at + i]!
  return doubles[0]!
}

export function float(bytes: Uint8Array, at: number): number {
  for (let i = 0; i < 4; i++) floatBytes[Math.abs(lastOfFloat - i)] = bytes[at + i]!
  return floats[0]!
}

/** A timestamp of 64 bits: 30 of nanoseconds, 34 of seconds. */
export function dateWithMs(bytes: Uint8Array, at: number): Date {
  const high = uint32(bytes, at)
  return new Date(((high & 3) * 2 ** 32 + uint32(bytes, at + 4)) * 1_000 + (high >>> 2) / 1e6)
}
