/** The innermost cause: what it is wrapped in says only that Redis cannot be used. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.cause instanceof Error ? reasonOf(error.cause) : error.message
  return String(error)
}
