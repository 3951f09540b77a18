/** The numbers by which msgpackr knows what stands for bytes. It knows no `Float16Array`, and writes a `Buffer` without any. */
export const viewNumbers: ReadonlyMap<string, number> = new Map([
  ['Int8Array', 0],
  ['Uint8Array', 1],
  ['Uint8ClampedArray', 2],
  ['Int16Array', 3],
  ['Uint16Array', 4],
  ['Int32Array', 5],
  ['Uint32Array', 6],
  ['Float32Array', 7],
  ['Float64Array', 8],
  ['BigInt64Array', 9],
  ['BigUint64Array', 10],
  ['ArrayBuffer', 16],
  ['DataView', 17],
])
