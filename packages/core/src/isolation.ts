/** Values that were frozen all the way down already, so that each hit need not look again. */
const frozen = new WeakSet<object>()

/**
 * Freezes plain objects and arrays, all the way down. Everything else stays as it is: a Map, a Set, a Date, a typed array or an
 * instance of a class can still be changed.
 */
export function deepFreeze(value: unknown): void {
  if (!isPlain(value) || frozen.has(value)) return
  frozen.add(value)
  const seen = new Set<object>([value])
  for (const part of seen) {
    Object.freeze(part)
    for (const inner of partsOf(part)) if (isPlain(inner) && !frozen.has(inner)) seen.add(inner)
  }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

function partsOf(part: object): readonly unknown[] {
  try {
    return Object.values(part)
  } catch {
    // A getter that throws keeps what it hides.
    return []
  }
}
