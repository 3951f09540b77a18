import type { DashboardState, Inspected } from '../src/dashboard/state.ts'

/** The server asks for the token, or does not know the one that was given. */
export class TokenNeeded extends Error {}

const base = location.pathname.replace(/\/$/, '')
const place = 'holdfast-token'

/** In this tab alone, and sent with each request by the page itself: nothing that a browser adds by itself lets anyone in. */
export const token = {
  get: (): string | null => sessionStorage.getItem(place),
  set: (value: string): void => sessionStorage.setItem(place, value),
  forget: (): void => sessionStorage.removeItem(place),
}

export function readState(): Promise<DashboardState> {
  return ask('state')
}

export function inspect(key: string, namespace: string): Promise<Inspected> {
  return ask('inspect', { key, namespace })
}

export function invalidate(what: object): Promise<{ readonly reached: 'all' | 'memory'; readonly queued: boolean }> {
  return ask('invalidate', what)
}

async function ask<T>(route: string, body?: object): Promise<T> {
  const given = token.get()
  const response = await fetch(`${base}/api/${route}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(given !== null && { authorization: `Bearer ${given}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    cache: 'no-store',
    credentials: 'omit',
    signal: AbortSignal.timeout(10_000),
  })
  if (response.status === 401) throw new TokenNeeded()
  const answered = (await response.json()) as T & { readonly error?: string }
  if (!response.ok) throw new Error(answered.error ?? `The server answered ${response.status}.`)
  return answered
}
