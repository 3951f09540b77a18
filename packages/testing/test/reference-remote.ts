import {
  RemoteTimeoutError,
  RemoteUnavailableError,
  type Clock,
  type Fill,
  type Guard,
  type Invalidation,
  type InvalidationListener,
  type Lease,
  type LeaseRequest,
  type ListenOptions,
  type RemoteCall,
  type RemoteDescription,
  type RemoteEntry,
  type RemoteRead,
  type RemoteStore,
  type RemoteWrite,
  type Settlement,
  type Stored,
} from '@holdfast/core'

/** Ways to break the reference, each to be found by a case of the suite. */
export type Fault =
  | 'answers in the order of its own'
  | 'keeps what has expired'
  | 'lets the first writer win'
  | 'fills without its check'
  | 'takes absence for a token'
  | 'releases whatever is there'
  | 'settles whatever is there'
  | 'ignores holds'
  | 'takes tag versions after the load'
  | 'lets late tags through'
  | 'ends one tag of a batch'
  | 'keeps guards of tags'
  | 'expires the grace as well'
  | 'lengthens lives'
  | 'takes patterns for prefixes'
  | 'clears entries but not leases'
  | 'scans one page'
  | 'announces what it removed only'
  | 'announces fills'
  | 'hears itself'
  | 'drains once'
  | 'reads before the journal'
  | 'keeps guards across sessions'
  | 'keeps leases across sessions'
  | 'has no deadline'
  | 'counts what came while the loop stood still'
  | 'leaves pending calls'
  | 'takes foreign bytes for entries'
  | 'takes foreign bytes for tokens'
  | 'throws at other types'

interface Tag {
  readonly version: number
  readonly invalidatedIn: number
}

type Cell =
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

interface OwnLease extends Lease {
  readonly key: string
  readonly id: number | string | undefined
  readonly session: number
  readonly versions: ReadonlyMap<string, number>
  readonly begun: number
}

/** What the reference's stores share: the server. */
export class ReferenceServer {
  readonly clock: Clock
  readonly cells = new Map<string, Cell>()
  readonly tags = new Map<string, Tag>()
  readonly stores = new Set<ReferenceRemote>()
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

/** The contract `RemoteStore` as code in one process: every ability, nothing fast. */
export class ReferenceRemote implements RemoteStore {
  readonly #server: ReferenceServer
  readonly #fault: Fault | undefined
  readonly #tagGuards = new Map<string, Guard>()
  readonly #pending = new Set<(error: Error) => void>()
  #listener: InvalidationListener | undefined
  #sessionGuard: Guard = { goodUntil: Number.POSITIVE_INFINITY }
  #session = 1
  #isClosed = false

  constructor(server: ReferenceServer, fault?: Fault) {
    this.#server = server
    this.#fault = fault
    server.stores.add(this)
  }

  getMany(keys: readonly string[], call: RemoteCall): Promise<readonly RemoteRead[]> {
    return this.#turn(call, () => {
      const order = this.#has('answers in the order of its own') ? [...new Set(keys)] : keys
      return order.map((key) => this.#read(key))
    })
  }

  setMany(writes: readonly RemoteWrite[], call: RemoteCall): Promise<readonly Stored[]> {
    return this.#turn(call, () => {
      const stored = writes.map((write) => {
        if (this.#has('lets the first writer win') && this.#read(write.key)?.type === 'entry') return []
        return this.#store(
          write,
          write.tags.map((tag) => this.#server.version(tag)),
        )
      })
      this.#announce({ type: 'keys', names: writes.map((write) => write.key) })
      return stored
    })
  }

  deleteMany(keys: readonly string[], call: RemoteCall, holdMs?: number): Promise<void> {
    return this.#turn(call, () => {
      const removed = keys.filter((key) => this.#cell(key) !== undefined)
      for (const key of keys) this.#remove(key, holdMs)
      this.#announce({ type: 'keys', names: this.#has('announces what it removed only') ? removed : keys })
    })
  }

  lease(requests: readonly LeaseRequest[], call: RemoteCall): Promise<readonly (Lease | RemoteEntry)[]> {
    return this.#turn(call, () => requests.map((request) => this.#lease(request)))
  }

  fill(fills: readonly Fill[], call: RemoteCall): Promise<readonly Stored[]> {
    return this.#turn(call, () => fills.map(({ lease, write }) => this.#fill(lease as OwnLease, write)))
  }

  release(leases: readonly { readonly key: string; readonly lease: Lease }[], call: RemoteCall): Promise<void> {
    return this.#turn(call, () => {
      for (const { key, lease } of leases)
        if (this.#stands(lease as OwnLease) || this.#has('releases whatever is there')) this.#server.cells.delete(key)
    })
  }

  settle(settlements: readonly Settlement[], call: RemoteCall): Promise<readonly Stored[]> {
    return this.#turn(call, () => {
      const stored = settlements.map(({ key, lease, write }) => {
        const stands = lease !== undefined && this.#stands(lease as OwnLease)
        if (write !== undefined && (stands || this.#has('settles whatever is there')))
          return this.#store(
            write,
            write.tags.map((tag) => this.#server.version(tag)),
          )
        this.#server.cells.delete(key)
        return undefined
      })
      this.#announce({ type: 'keys', names: settlements.map((each) => each.key) })
      return stored
    })
  }

  expire(keys: readonly string[], call: RemoteCall): Promise<void> {
    return this.#turn(call, () => {
      const now = this.#server.clock.now()
      for (const key of keys) {
        const cell = this.#cell(key)
        if (cell?.type !== 'entry') continue
        const staleAt = this.#has('lengthens lives') ? now : Math.min(now, cell.write.staleAt)
        const expiresAt = this.#has('expires the grace as well') ? now : cell.write.expiresAt
        this.#server.cells.set(key, { ...cell, id: this.#server.next(), write: { ...cell.write, staleAt, expiresAt } })
      }
      this.#announce({ type: 'keys', names: keys })
    })
  }

  invalidateTags(tags: readonly string[], call: RemoteCall): Promise<void> {
    return this.#turn(call, () => this.#invalidateTags(tags))
  }

  invalidateMatching(pattern: string, call: RemoteCall): Promise<void> {
    return this.#turn(call, () => {
      const prefix = pattern.replace(/\*.*$/s, '')
      const isMatch = this.#has('takes patterns for prefixes')
        ? (key: string) => key.startsWith(prefix)
        : (key: string) => globToRegExp(pattern).test(key)
      for (const key of this.#server.cells.keys()) if (isMatch(key)) this.#server.cells.delete(key)
      this.#announce({ type: 'pattern', pattern })
    })
  }

  clear(call: RemoteCall): Promise<void> {
    return this.#turn(call, () => this.#clear())
  }

  async *scan(pattern: string): AsyncGenerator<readonly string[]> {
    const keys = [...this.#server.cells.keys()].filter((key) => globToRegExp(pattern).test(key))
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
    return this.#sessionGuard
  }

  barrier(_key: string, call: RemoteCall): Promise<void> {
    return this.#turn(call, () => {})
  }

  ping(call: RemoteCall): Promise<number> {
    return this.#turn(call, () => 0)
  }

  async reopen(): Promise<void> {
    await Promise.resolve()
    this.#openSession()
  }

  describe(): RemoteDescription {
    const state = this.#isClosed ? 'closed' : 'ready'
    return { name: 'reference', coherence: 'announcements', limits: ['Nothing outlives the process.'], state }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#server.stores.delete(this)
    if (this.#has('leaves pending calls')) return
    for (const reject of this.#pending) reject(new RemoteUnavailableError('The store was closed.'))
    await Promise.resolve()
  }

  heard(what: Invalidation): void {
    if (what.type === 'tags' && !this.#has('keeps guards of tags')) {
      for (const name of what.names) this.#endTag(name)
    }
    this.#listener?.heard(what)
  }

  #has(fault: Fault): boolean {
    return this.#fault === fault
  }

  #openSession(): void {
    this.#listener?.gap()
    for (;;) {
      const journal = this.#listener?.drain()
      if (journal === undefined) break
      for (const key of journal.keys) this.#remove(key)
      if (journal.keys.length > 0) this.#announce({ type: 'keys', names: journal.keys })
      if (journal.tags.length > 0) this.#invalidateTags(journal.tags)
      if (journal.all) this.#clear()
      if (this.#has('drains once')) break
    }
    if (!this.#has('keeps leases across sessions')) this.#session += 1
    if (!this.#has('keeps guards across sessions')) this.#sessionGuard.goodUntil = Number.NEGATIVE_INFINITY
    this.#sessionGuard = { goodUntil: Number.POSITIVE_INFINITY }
  }

  #read(key: string): RemoteRead {
    const cell = this.#cell(key)
    if (cell === undefined) return undefined
    if (cell.type === 'foreign') {
      if (this.#has('throws at other types') && cell.id === 'list') throw new Error('WRONGTYPE')
      if (this.#has('takes foreign bytes for entries')) return { ...emptyEntry(this.#server.clock.now()) }
    }
    if (cell.type !== 'entry') return { type: 'miss', reason: cell.type }
    if (cell.epoch !== this.#server.epoch) return { type: 'miss', reason: 'epoch' }
    const changed = cell.write.tags.find((tag, at) => this.#server.version(tag) !== cell.versions[at])
    if (changed !== undefined) return { type: 'miss', reason: `tag:${changed}` }
    return { type: 'entry', ...cell.write, guards: this.#guards(cell.write.tags) }
  }

  #cell(key: string): Cell | undefined {
    const cell = this.#server.cells.get(key)
    if (cell === undefined || cell.type === 'foreign') return cell
    const until = cell.type === 'entry' ? cell.write.expiresAt : cell.until
    if (until > this.#server.clock.now() || this.#has('keeps what has expired')) return cell
    this.#server.cells.delete(key)
    return undefined
  }

  #guards(tags: readonly string[]): readonly Guard[] {
    const guards = tags.map((tag) => {
      const guard = this.#tagGuards.get(tag) ?? { goodUntil: Number.POSITIVE_INFINITY }
      this.#tagGuards.set(tag, guard)
      return guard
    })
    return [this.#sessionGuard, ...guards]
  }

  #store(write: RemoteWrite, versions: readonly number[]): Stored {
    if (write.expiresAt <= this.#server.clock.now() && !this.#has('keeps what has expired')) {
      this.#server.cells.delete(write.key)
      return undefined
    }
    const { epoch } = this.#server
    this.#server.cells.set(write.key, { type: 'entry', id: this.#server.next(), write, epoch, versions })
    return this.#guards(write.tags)
  }

  #lease(request: LeaseRequest): Lease | RemoteEntry {
    const found = this.#read(request.key)
    if (found?.type === 'entry' && request.seen?.type !== 'entry') return found
    const versions = new Map(request.tags.map((tag) => [tag, this.#server.version(tag)]))
    const cell = this.#cell(request.key)
    const isToken = cell !== undefined && (cell.type !== 'foreign' || this.#has('takes foreign bytes for tokens'))
    const fresh = { type: 'lease', id: this.#server.next(), until: this.#server.clock.now() + request.leaseMs } as const
    if (!isToken) this.#server.cells.set(request.key, fresh)
    const { id } = isToken ? cell : fresh
    const lease: OwnLease = {
      type: 'lease',
      key: request.key,
      id,
      session: this.#session,
      versions,
      begun: this.#server.next(),
    }
    return lease
  }

  #stands(lease: OwnLease): boolean {
    if (this.#has('fills without its check')) return true
    const cell = this.#cell(lease.key)
    if (cell === undefined) return this.#has('takes absence for a token')
    if (cell.type === 'hold' && !this.#has('ignores holds')) return false
    return cell.id === lease.id && lease.session === this.#session
  }

  #fill(lease: OwnLease, write: RemoteWrite): Stored {
    if (!this.#stands(lease)) return undefined
    const versions: number[] = []
    for (const tag of write.tags) {
      const known = lease.versions.get(tag)
      const current = this.#server.tags.get(tag)
      const isLate = known === undefined && (current?.invalidatedIn ?? 0) > lease.begun
      if (isLate && !this.#has('lets late tags through')) return undefined
      const isChanged = known !== undefined && known !== this.#server.version(tag)
      if (isChanged && !this.#has('takes tag versions after the load')) return undefined
      versions.push(this.#server.version(tag))
    }
    if (this.#has('announces fills')) this.#announce({ type: 'keys', names: [write.key] })
    return this.#store(write, versions)
  }

  #remove(key: string, holdMs?: number): void {
    if (holdMs === undefined) this.#server.cells.delete(key)
    else
      this.#server.cells.set(key, { type: 'hold', id: this.#server.next(), until: this.#server.clock.now() + holdMs })
  }

  #invalidateTags(tags: readonly string[]): void {
    for (const tag of this.#has('ends one tag of a batch') ? tags.slice(0, 1) : tags) {
      this.#server.tags.set(tag, { version: this.#server.next(), invalidatedIn: this.#server.next() })
      this.#endTag(tag)
    }
    this.#announce({ type: 'tags', names: tags })
  }

  #endTag(name: string): void {
    const guard = this.#tagGuards.get(name)
    if (guard !== undefined) guard.goodUntil = Number.NEGATIVE_INFINITY
    this.#tagGuards.delete(name)
  }

  #clear(): void {
    for (const [key, cell] of this.#server.cells)
      if (cell.type === 'entry' || !this.#has('clears entries but not leases')) this.#server.cells.delete(key)
    this.#announce({ type: 'all' })
  }

  #announce(what: Invalidation): void {
    for (const store of this.#server.stores) if (store !== this || this.#has('hears itself')) store.heard(what)
  }

  /** One round trip to the server: after it stands no longer, and before the deadline. */
  #turn<T>(call: RemoteCall, execute: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(new RemoteUnavailableError('The store was closed.'))
      const { clock } = this.#server
      let timer: unknown
      const settle = (): void => {
        clock.clearTimer(timer)
        this.#pending.delete(fail)
      }
      const fail = (error: Error): void => {
        settle()
        reject(error)
      }
      const expire = (): void => fail(new RemoteTimeoutError('The server did not answer in time.'))
      this.#pending.add(fail)
      const strike = (): void => {
        // What had come while the loop stood still is looked at first.
        if (this.#has('counts what came while the loop stood still')) expire()
        else clock.afterInput(expire)
      }
      if (!this.#has('has no deadline')) timer = clock.setTimer(strike, call.deadlineAt - clock.now())
      void (this.#server.standing ?? Promise.resolve()).then(() => this.#answer(settle, execute, resolve, fail))
    })
  }

  #answer<T>(settle: () => void, execute: () => T, resolve: (value: T) => void, fail: (error: Error) => void): void {
    // The answer arrives with the loop's next turn, as from a socket.
    setImmediate(() => {
      try {
        const value = execute()
        settle()
        resolve(value)
      } catch (error) {
        fail(error as Error)
      }
    })
  }
}

function emptyEntry(now: number): RemoteEntry {
  const payload = new Uint8Array(0)
  return { type: 'entry', payload, serializer: 'text', createdAt: now, staleAt: now, expiresAt: now + 1_000, tags: [] }
}

function globToRegExp(pattern: string): RegExp {
  const literally = (character: string): string => `\\u{${character.codePointAt(0)!.toString(16)}}`
  const source = pattern.replaceAll(/\\(.)|([*?])|([^\w])/gsu, (_all, escaped, wild, other) => {
    if (escaped !== undefined) return literally(String(escaped))
    if (wild !== undefined) return wild === '*' ? '.*' : '.'
    return literally(String(other))
  })
  return new RegExp(`^${source}$`, 'su')
}
