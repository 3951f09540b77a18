/**
 * Freezes plain objects and arrays, all the way down. What cannot be frozen stays as it is: the contents of a Map, a Set, a
 * Date or a typed array can still be changed.
 */
export function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return
  Object.freeze(value)
  for (const inner of Object.values(value)) deepFreeze(inner)
}
