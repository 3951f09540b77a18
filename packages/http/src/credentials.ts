import type { CachedRequest } from './request.ts'

/** Headers that say who asks. What depends on them must not be given to another. */
const credentialNames: readonly string[] = ['authorization', 'cookie', 'proxy-authorization', 'x-api-key']

/** The credentials that a request carries, by which no key differs. */
export function unkeyedCredentials(request: CachedRequest, keyed: readonly string[]): readonly string[] {
  return credentialNames.filter((name) => !keyed.includes(name) && request.headers.get(name) !== null)
}

/** Whether a request carries a credential by which the key differs: the response is then for whoever holds it. */
export function hasKeyedCredential(request: CachedRequest, keyed: readonly string[]): boolean {
  return credentialNames.some((name) => keyed.includes(name) && request.headers.get(name) !== null)
}
