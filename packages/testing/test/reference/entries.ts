import type {
  Fill,
  Guard,
  Lease,
  LeaseRequest,
  RemoteEntry,
  RemoteRead,
  RemoteWrite,
  Settlement,
  Stored,
} from '@holdfast/core'
import type { Fault } from './fault.ts'
import { globToRegExp } from './glob.ts'
import type { Cell, OwnLease, ReferenceServer } from './server.ts'

/** One store's view of what lies at the keys: reading, writing, leases and tags, as the server executes them. */
export class Entries {
  readonly #server: ReferenceServer
  readonly #fault: Fault | undefined
  readonly #tagGuards = new Map<string, Guard>()
  sessionGuard: Guard = { goodUntil: Number.POSITIVE_INFINITY }
  #session = 1

  constructor(server: ReferenceServer, fault: Fault | undefined) {
    this.#server = server
    this.#fault = fault
  }

  read(key: string): RemoteRead {
    const cell = this.cell(key)
    if (cell === undefined) return undefined
    if (cell.type === 'foreign') {
      if (this.#has('throws at other types') && cell.id === 'list') throw new Error('WRONGTYPE')
      if (this.#has('takes foreign bytes for entries')) return emptyEntry(this.#server.clock.now())
    }
    if (cell.type !== 'entry') return { type: 'miss', reason: cell.type }
    if (cell.epoch !== this.#server.epoch) return { type: 'miss', reason: 'epoch' }
    const changed = cell.write.tags.find((tag, at) => this.#server.version(tag) !== cell.versions[at])
    if (changed !== undefined) return { type: 'miss', reason: `tag:${changed}` }
    return { type: 'entry', ...cell.write, guards: this.#guards(cell.write.tags) }
  }

  cell(key: string): Cell | undefined {
    const cell = this.#server.cells.get(key)
    if (cell === undefined || cell.type === 'foreign') return cell
    const until = cell.type === 'entry' ? cell.write.expiresAt : cell.until
    if (until > this.#server.clock.now() || this.#has('keeps what has expired')) return cell
    this.#server.cells.delete(key)
    return undefined
  }

  write(write: RemoteWrite): Stored {
    if (this.#has('lets the first writer win') && this.read(write.key)?.type === 'entry') return []
    return this.#store(write)
  }

  remove(key: string, holdMs?: number): void {
    const { cells, clock } = this.#server
    if (holdMs === undefined) cells.delete(key)
    else cells.set(key, { type: 'hold', id: this.#server.next(), until: clock.now() + holdMs })
  }

  lease(request: LeaseRequest): Lease | RemoteEntry {
    const found = this.read(request.key)
    if (found?.type === 'entry' && request.seen?.type !== 'entry') return found
    const versions = new Map(request.tags.map((tag) => [tag, this.#server.version(tag)]))
    const cell = this.cell(request.key)
    const isToken = cell !== undefined && (cell.type !== 'foreign' || this.#has('takes foreign bytes for tokens'))
    const fresh = { type: 'lease', id: this.#server.next(), until: this.#server.clock.now() + request.leaseMs } as const
    if (!isToken) this.#server.cells.set(request.key, fresh)
    const { id } = isToken ? cell : fresh
    const begun = this.#server.next()
    const lease: OwnLease = { type: 'lease', key: request.key, id, session: this.#session, versions, begun }
    return lease
  }

  fill({ lease, write }: Fill): Stored {
    const own = lease as OwnLease
    if (!this.#stands(own)) return undefined
    for (const tag of write.tags) {
      const known = own.versions.get(tag)
      const isChanged = known !== undefined && known !== this.#server.version(tag)
      if (isChanged && !this.#has('takes tag versions after the load')) return undefined
      const isLate = known === undefined && (this.#server.tags.get(tag)?.invalidatedIn ?? 0) > own.begun
      if (isLate && !this.#has('lets late tags through')) return undefined
    }
    return this.#store(write)
  }

  release(lease: Lease): void {
    const own = lease as OwnLease
    if (this.#stands(own) || this.#has('releases whatever is there')) this.#server.cells.delete(own.key)
  }

  settle({ key, lease, write }: Settlement): Stored {
    const stands = lease !== undefined && this.#stands(lease as OwnLease)
    if (write !== undefined && (stands || this.#has('settles whatever is there'))) return this.#store(write)
    this.#server.cells.delete(key)
    return undefined
  }

  expire(key: string): void {
    const cell = this.cell(key)
    if (cell?.type !== 'entry') return
    const now = this.#server.clock.now()
    const staleAt = this.#has('lengthens lives') ? now : Math.min(now, cell.write.staleAt)
    const expiresAt = this.#has('expires the grace as well') ? now : cell.write.expiresAt
    this.#server.cells.set(key, { ...cell, id: this.#server.next(), write: { ...cell.write, staleAt, expiresAt } })
  }

  invalidateTags(tags: readonly string[]): void {
    for (const tag of this.#has('ends one tag of a batch') ? tags.slice(0, 1) : tags) {
      this.#server.tags.set(tag, { version: this.#server.next(), invalidatedIn: this.#server.next() })
      this.endTag(tag)
    }
  }

  endTag(name: string): void {
    const guard = this.#tagGuards.get(name)
    if (guard !== undefined) guard.goodUntil = Number.NEGATIVE_INFINITY
    this.#tagGuards.delete(name)
  }

  removeMatching(pattern: string): void {
    const prefix = pattern.replace(/\*.*$/s, '')
    const glob = globToRegExp(pattern)
    for (const key of this.#server.cells.keys()) {
      const isMatch = this.#has('takes patterns for prefixes') ? key.startsWith(prefix) : glob.test(key)
      if (isMatch) this.#server.cells.delete(key)
    }
  }

  clear(): void {
    for (const [key, cell] of this.#server.cells)
      if (cell.type === 'entry' || !this.#has('clears entries but not leases')) this.#server.cells.delete(key)
  }

  renewSession(): void {
    if (!this.#has('keeps leases across sessions')) this.#session += 1
    if (!this.#has('keeps guards across sessions')) this.sessionGuard.goodUntil = Number.NEGATIVE_INFINITY
    this.sessionGuard = { goodUntil: Number.POSITIVE_INFINITY }
  }

  #has(fault: Fault): boolean {
    return this.#fault === fault
  }

  #store(write: RemoteWrite): Stored {
    if (write.expiresAt <= this.#server.clock.now() && !this.#has('keeps what has expired')) {
      this.#server.cells.delete(write.key)
      return undefined
    }
    const versions = write.tags.map((tag) => this.#server.version(tag))
    const { epoch } = this.#server
    this.#server.cells.set(write.key, { type: 'entry', id: this.#server.next(), write, epoch, versions })
    return this.#guards(write.tags)
  }

  #stands(lease: OwnLease): boolean {
    if (this.#has('fills without its check')) return true
    const cell = this.cell(lease.key)
    if (cell === undefined) return this.#has('takes absence for a token')
    if (cell.type === 'hold' && !this.#has('ignores holds')) return false
    return cell.id === lease.id && lease.session === this.#session
  }

  #guards(tags: readonly string[]): readonly Guard[] {
    const guards = tags.map((tag) => {
      const guard = this.#tagGuards.get(tag) ?? { goodUntil: Number.POSITIVE_INFINITY }
      this.#tagGuards.set(tag, guard)
      return guard
    })
    return [this.sessionGuard, ...guards]
  }
}

function emptyEntry(now: number): RemoteEntry {
  const payload = new Uint8Array(0)
  return { type: 'entry', payload, serializer: 'text', createdAt: now, staleAt: now, expiresAt: now + 1_000, tags: [] }
}
