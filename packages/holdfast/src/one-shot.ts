/** Whether a value can be read only once, so that it must not be given to two callers or stored. */
export function isOneShot(value: unknown): boolean {
  return value instanceof Response || value instanceof ReadableStream
}
