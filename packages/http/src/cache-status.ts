import type { Field } from './head.ts'

/** Why a request went to the handler, in the words of RFC 9211. */
export type Forwarded = 'uri-miss' | 'vary-miss' | 'stale' | 'request' | 'method' | 'bypass' | 'miss'

/** The member that this cache adds to `Cache-Status` (RFC 9211). */
export class CacheStatus {
  readonly #name: string | undefined

  constructor(name: string | undefined) {
    this.#name = name
  }

  /** @param ttlMs what is left of its freshness; negative when it is stale */
  hit(ttlMs: number): string | undefined {
    return this.#member(`hit; ttl=${Math.floor(ttlMs / 1_000)}`)
  }

  forwarded(why: Forwarded, more: ForwardedMore = {}): string | undefined {
    let member = `fwd=${why}`
    if (more.status !== undefined) member += `; fwd-status=${more.status}`
    if (more.isStored === true) member += '; stored'
    if (more.isCollapsed === true) member += '; collapsed'
    if (more.detail !== undefined) member += `; detail=${more.detail}`
    return this.#member(member)
  }

  #member(text: string): string | undefined {
    return this.#name === undefined ? undefined : `${this.#name}; ${text}`
  }
}

export interface ForwardedMore {
  readonly status?: number | undefined
  readonly isStored?: boolean
  readonly isCollapsed?: boolean
  /** A token. */
  readonly detail?: string | undefined
}

/** Fields with a member added to `Cache-Status`, after those of the caches nearer to the origin. */
export function withStatus(fields: readonly Field[], member: string | undefined): readonly Field[] {
  if (member === undefined) return fields
  const before = fields.filter(([name]) => name.toLowerCase() === 'cache-status').map(([, value]) => value)
  const others = fields.filter(([name]) => name.toLowerCase() !== 'cache-status')
  return [...others, ['cache-status', [...before, member].join(', ')]]
}
