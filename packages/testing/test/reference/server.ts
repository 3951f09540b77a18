import type { Clock, Invalidation, Lease, RemoteWrite } from '@holdfast/core'

/** A tag's version, and when it was invalidated last, in the order of the server. */
export interface Tag {
  readonly version: number
  readonly invalidatedIn: number
}

/** What lies at a key. Foreign bytes are told apart by their id alone. */
export type Cell =
  | {
      readonly type: 'entry'
      readonly id: number
      readonly write: RemoteWrite
      readonly epoch: number
      readonly versions: readonly number[]
    }
  | { readonly type: 'lease'; readonly id: number; readonly until: number }
  | { readonly type: 'hold'; readonly id: number; readonly until: number }
  | { readonly type: 'foreign'; readonly id: number | string }

/** A lease as the reference makes it. */
export interface OwnLease extends Lease {
  readonly key: string
  readonly id: number | string | undefined
  readonly session: number
  readonly versions: ReadonlyMap<string, number>
  readonly begun: number
}

/** A store that hears announcements. */
export interface Hearer {
  heard(what: Invalidation): void
}

/** What the reference's stores share: the server. */
export class ReferenceServer {
  readonly clock: Clock
  readonly cells = new Map<string, Cell>()
  readonly tags = new Map<string, Tag>()
  readonly listeners = new Set<Hearer>()
  epoch = 1
  #last = 1
  #thawed: (() => void) | undefined
  standing: Promise<void> | undefined

  constructor(clock: Clock) {
    this.clock = clock
  }

  next(): number {
    return (this.#last += 1)
  }

  freeze(): void {
    this.standing ??= new Promise((resolve) => {
      this.#thawed = resolve
    })
  }

  thaw(): void {
    this.standing = undefined
    this.#thawed?.()
  }

  wipe(): void {
    this.cells.clear()
    this.tags.clear()
    this.epoch = this.next()
  }

  version(name: string): number {
    const known = this.tags.get(name)
    if (known !== undefined) return known.version
    const fresh = { version: this.next(), invalidatedIn: 0 }
    this.tags.set(name, fresh)
    return fresh.version
  }
}
