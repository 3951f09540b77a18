import type { Context } from 'hono'

export function badRequest(context: Context, error: string): Response {
  return context.json({ error }, 400)
}

/** The id in a path; 0, which no row has, when it is none. */
export function readId(text: string): number {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0
}

/** The page in a query, from 1. */
export function readPage(text: string): number {
  return Math.max(1, readId(text))
}
