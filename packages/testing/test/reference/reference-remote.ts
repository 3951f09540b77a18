import type {
  Fill,
  Guard,
  Invalidation,
  InvalidationListener,
  Lease,
  LeaseRequest,
  ListenOptions,
  RemoteCall,
  RemoteDescription,
  RemoteEntry,
  RemoteRead,
  RemoteStore,
  RemoteWrite,
  Settlement,
  Stored,
} from '@holdfast/core'
import { Entries } from './entries.ts'
import type { Fault } from './fault.ts'
import { globToRegExp } from './glob.ts'
import { RoundTrips } from './round-trip.ts'
import type { ReferenceServer } from './server.ts'

/** The contract `RemoteStore` as code in one process: every ability, nothing fast. */
export class ReferenceRemote implements RemoteStore {
  readonly #server: ReferenceServer
  readonly #fault: Fault | undefined
  readonly #entries: Entries
  readonly #trips: RoundTrips
  #listener: InvalidationListener | undefined

  constructor(server: ReferenceServer, fault?: Fault) {
    this.#server = server
    this.#fault = fault
    this.#entries = new Entries(server, fault)
    this.#trips = new RoundTrips(server, fault)
    server.listeners.add(this)
  }

  getMany(keys: readonly string[], call: RemoteCall): Promise<readonly RemoteRead[]> {
    const order = this.#has('answers in the order of its own') ? [...new Set(keys)] : keys
    return this.#trips.run(call, () => order.map((key) => this.#entries.read(key)))
  }

  setMany(writes: readonly RemoteWrite[], call: RemoteCall): Promise<readonly Stored[]> {
    return this.#trips.run(call, () => {
      const stored = writes.map((write) => this.#entries.write(write))
      this.#announce({ type: 'keys', names: writes.map(({ key }) => key) })
      return stored
    })
  }

  deleteMany(keys: readonly string[], call: RemoteCall, holdMs?: number): Promise<void> {
    return this.#trips.run(call, () => {
      const present = keys.filter((key) => this.#entries.cell(key) !== undefined)
      for (const key of keys) this.#entries.remove(key, holdMs)
      this.#announce({ type: 'keys', names: this.#has('announces what it removed only') ? present : keys })
    })
  }

  lease(requests: readonly LeaseRequest[], call: RemoteCall): Promise<readonly (Lease | RemoteEntry)[]> {
    return this.#trips.run(call, () => requests.map((request) => this.#entries.lease(request)))
  }

  fill(fills: readonly Fill[], call: RemoteCall): Promise<readonly Stored[]> {
    return this.#trips.run(call, () => {
      if (this.#has('announces fills')) this.#announce({ type: 'keys', names: fills.map(({ write }) => write.key) })
      return fills.map((fill) => this.#entries.fill(fill))
    })
  }

  release(leases: readonly { readonly key: string; readonly lease: Lease }[], call: RemoteCall): Promise<void> {
    return this.#trips.run(call, () => {
      for (const { lease } of leases) this.#entries.release(lease)
    })
  }

  settle(settlements: readonly Settlement[], call: RemoteCall): Promise<readonly Stored[]> {
    return this.#trips.run(call, () => {
      const stored = settlements.map((settlement) => this.#entries.settle(settlement))
      this.#announce({ type: 'keys', names: settlements.map(({ key }) => key) })
      return stored
    })
  }

  expire(keys: readonly string[], call: RemoteCall): Promise<void> {
    return this.#trips.run(call, () => {
      for (const key of keys) this.#entries.expire(key)
      this.#announce({ type: 'keys', names: keys })
    })
  }

  invalidateTags(tags: readonly string[], call: RemoteCall): Promise<void> {
    return this.#trips.run(call, () => {
      this.#entries.invalidateTags(tags)
      this.#announce({ type: 'tags', names: tags })
    })
  }

  invalidateMatching(pattern: string, call: RemoteCall): Promise<void> {
    return this.#trips.run(call, () => {
      this.#entries.removeMatching(pattern)
      this.#announce({ type: 'pattern', pattern })
    })
  }

  clear(call: RemoteCall): Promise<void> {
    return this.#trips.run(call, () => {
      this.#entries.clear()
      this.#announce({ type: 'all' })
    })
  }

  async *scan(pattern: string): AsyncGenerator<readonly string[]> {
    const glob = globToRegExp(pattern)
    const keys = [...this.#server.cells.keys()].filter((key) => glob.test(key))
    for (let at = 0; at < keys.length; at += 100) {
      yield await Promise.resolve(keys.slice(at, at + 100))
      if (this.#has('scans one page')) return
    }
  }

  listen(listener: InvalidationListener, _options: ListenOptions): () => void {
    this.#listener = listener
    if (!this.#has('reads before the journal')) this.#openSession()
    return () => {
      this.#listener = undefined
    }
  }

  guard(_key: string): Guard {
    return this.#entries.sessionGuard
  }

  barrier(_key: string, call: RemoteCall): Promise<void> {
    return this.#trips.run(call, () => {})
  }

  ping(call: RemoteCall): Promise<number> {
    return this.#trips.run(call, () => 0)
  }

  async reopen(): Promise<void> {
    await Promise.resolve()
    this.#openSession()
  }

  describe(): RemoteDescription {
    const state = this.#trips.isClosed ? 'closed' : 'ready'
    return { name: 'reference', coherence: 'announcements', limits: ['Nothing outlives the process.'], state }
  }

  async close(): Promise<void> {
    this.#server.listeners.delete(this)
    this.#trips.close()
    await Promise.resolve()
  }

  heard(what: Invalidation): void {
    if (what.type === 'tags' && !this.#has('keeps guards of tags'))
      for (const name of what.names) this.#entries.endTag(name)
    this.#listener?.heard(what)
  }

  #has(fault: Fault): boolean {
    return this.#fault === fault
  }

  #openSession(): void {
    this.#listener?.gap()
    for (let journal = this.#listener?.drain(); journal !== undefined; journal = this.#listener?.drain()) {
      for (const key of journal.keys) this.#entries.remove(key)
      this.#entries.invalidateTags(journal.tags)
      if (journal.all) this.#entries.clear()
      if (journal.keys.length > 0) this.#announce({ type: 'keys', names: journal.keys })
      if (journal.tags.length > 0) this.#announce({ type: 'tags', names: journal.tags })
      if (journal.all) this.#announce({ type: 'all' })
      this.#listener?.applied(journal)
      if (this.#has('drains once')) break
    }
    this.#entries.renewSession()
  }

  #announce(what: Invalidation): void {
    for (const listener of this.#server.listeners)
      if (listener !== this || this.#has('hears itself')) listener.heard(what)
  }
}
