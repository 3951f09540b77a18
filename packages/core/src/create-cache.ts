import type { Cache, CacheDescription } from './cache.ts'
import { parseCacheOptions, type CacheOptions, type ParsedCacheOptions } from './cache-options.ts'
import type { Clock, RemoteInfo } from './contracts.ts'
import { parseDuration, type Duration } from './duration.ts'
import { Events } from './events.ts'
import { Flight } from './flight.ts'
import { Journal } from './journal.ts'
import { JournalFile } from './journal-file.ts'
import { listen } from './listen.ts'
import { isNamespaceTag, splitKey, userTag } from './keys.ts'
import { LoadGate } from './load-gate.ts'
import { checkNames } from './option-names.ts'
import { parseCount } from './options.ts'
import { Observers, type CacheObserver } from './observer.ts'
import { Remote } from './remote.ts'
import { Scope } from './scope.ts'
import type { SharedStats } from './stats.ts'
import type { KnownTag } from './tags.ts'
import { Tiers } from './tiers.ts'
import { View } from './view.ts'

/**
 * Makes a cache. It opens nothing by itself: a remote store connects when it is first needed or told to listen.
 *
 * @throws {InvalidOptionError} for an option that is unknown or cannot be used
 */
export function createCache<V = unknown>(options: CacheOptions<V> = {}): Cache<V> {
  const parsed = parseCacheOptions(options)
  const { name, clock, memory } = parsed
  const events = new Events(name)
  const observers = new Observers()
  const journal = openJournal(parsed, (cause) => events.emit('remoteError', { operation: 'journal', cause }))
  const remote: Remote | undefined =
    parsed.remote &&
    new Remote(parsed.remote, {
      clock,
      timeoutMs: parsed.remoteTimeoutMs,
      journal,
      observers,
      failed(operation, cause) {
        tiers.remoteErrors++
        events.emit('remoteError', { operation, cause })
      },
      repaired: (journalled) => tiers.repaired(journalled),
    })
  const tiers = new Tiers({
    ...parsed,
    remote,
    journal,
    gate: new LoadGate(parsed.maxConcurrent, parsed.maxQueued),
    events,
    observers,
  })
  if (memory !== undefined) {
    memory.onEvict = (key, reason) => {
      tiers.evictions++
      if (events.isHeard('evicted')) events.emit('evicted', { ...splitKey(key), reason })
    }
  }
  return new OpenCache(tiers, new Scope(tiers, '', parsed.policy), listen(tiers, parsed.heartbeatMs))
}

class OpenCache extends View implements Cache {
  readonly #tiers: Tiers
  readonly #unlisten: () => void
  #closing: Promise<void> | undefined

  constructor(tiers: Tiers, scope: Scope, unlisten: () => void) {
    super(scope, { name: tiers.parts.name, shared: () => sharedStats(tiers) })
    this.#tiers = tiers
    this.#unlisten = unlisten
  }

  get name(): string {
    return this.#tiers.parts.name
  }

  on: Cache['on'] = (event, listener) => this.#tiers.parts.events.on(event, listener)

  observe(observer: CacheObserver): Disposable {
    return this.#tiers.observers.add(observer)
  }

  tags(limit = 100): readonly KnownTag[] {
    const known = this.#tiers.tags.known(parseCount('limit', limit), isNamespaceTag)
    return known.map((each) => ({ ...each, tag: userTag(each.tag) }))
  }

  describe(): CacheDescription {
    const { name, memory, remote } = this.#tiers.parts
    const description = remote?.describe()
    const limits = [...(description?.limits ?? [])]
    if (remote === undefined) limits.push('Without a remote store, other processes hear of nothing.')
    return { name, memory: memory !== undefined, remote: description, limits }
  }

  async ping(): Promise<number | undefined> {
    return this.#tiers.parts.remote?.ping()
  }

  async info(): Promise<RemoteInfo | undefined> {
    return this.#tiers.parts.remote?.info()
  }

  async close(options?: { readonly drain?: Duration }): Promise<void> {
    checkNames('close', options ?? {}, ['drain'])
    const drainMs = options?.drain === undefined ? 0 : parseDuration('drain', options.drain)
    this.#closing ??= this.#close(drainMs)
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(drainMs: number): Promise<void> {
    const tiers = this.#tiers
    const { remote, clock, memory, events, observers } = tiers.parts
    if (drainMs > 0) await settledWithin(clock, drainMs, [...tiers.background, ...tiers.writes])
    tiers.isClosed = true
    for (const flight of tiers.flights.values()) if (flight instanceof Flight) flight.close()
    if (remote !== undefined) {
      // One deadline for all of it: what is on its way is waited for, and then the store.
      const deadlineAt = remote.deadline()
      await settledWithin(clock, remote.timeoutMs, [...tiers.background, ...tiers.writes])
      this.#unlisten()
      await remote.close(deadlineAt)
    }
    tiers.deadlines.close()
    tiers.parts.journal.close()
    if (memory !== undefined) {
      memory.onEvict = undefined
      memory.clear()
    }
    events.clear()
    observers.clear()
  }
}

/** @param failed told when the file cannot be used: the journal goes on in memory */
function openJournal({ journal, remote }: ParsedCacheOptions, failed: (cause: unknown) => void): Journal {
  const { file } = journal
  if (file === undefined || remote === undefined) return new Journal(journal)
  const lost = (cause: unknown): void => {
    process.emitWarning(`The journal file ${file} cannot be used: ${String(cause)}`, 'HoldfastWarning')
    failed(cause)
  }
  return new Journal(journal, new JournalFile(file, lost))
}

function sharedStats(tiers: Tiers): SharedStats {
  const { memory, remote, gate, journal } = tiers.parts
  return {
    memoryEntries: memory?.size ?? 0,
    memoryBytes: memory?.bytes,
    memoryMaxBytes: memory?.maxBytes,
    memoryMaxEntries: memory?.maxEntries,
    fallbackEntries: tiers.countFallback(),
    evictions: tiers.evictions,
    loadsRunning: gate.running,
    loadsQueued: gate.queued,
    remoteErrors: tiers.remoteErrors,
    heard: tiers.heard,
    journalEntries: journal.size,
    journalBytes: journal.bytes,
    gaps: tiers.gaps,
    remoteCalls: remote?.calls.summary() ?? {},
    remote: remote?.describe(),
  }
}

/** Resolves when all have settled, or the time is over. */
function settledWithin(clock: Clock, ms: number, promises: Iterable<Promise<unknown>>): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(resolve, ms)
    void Promise.allSettled(promises).then(() => {
      clock.clearTimer(timer)
      resolve()
    })
  })
}
