import { show } from './duration.ts'
import { InvalidOptionError } from './errors.ts'
import { Flight } from './flight.ts'
import { enterGate, noPlace, type LoadContext, type Loader } from './loader.ts'
import type { ObservedLoad } from './observer.ts'
import type { Policy } from './options.ts'
import { readThrough } from './read.ts'
import type { Scope } from './scope.ts'
import type { Served } from './waiter.ts'

/** What a loader of many keys is given. Keys are the user's own. */
export interface ManyLoadContext {
  /** Aborts when nobody waits for any of the keys any more, or the timeout struck. */
  readonly signal: AbortSignal
  /** Values that are past their ttl, by key, as far as they are known. */
  readonly stale: ReadonlyMap<string, unknown>
}

/** Loads several keys at once. A key that the map lacks has no value: nothing is stored for it. */
export type ManyLoader<V> = (
  missing: readonly string[],
  context: ManyLoadContext,
) => ReadonlyMap<string, V> | Promise<ReadonlyMap<string, V>>

/**
 * Reads several keys through: one call of the remote store for all that memory lacks, one call of the loader for all that both
 * lack and nobody is loading. Each key has a flight of its own, which other readers share.
 */
export async function readThroughMany(
  scope: Scope,
  keys: readonly string[],
  load: ManyLoader<unknown>,
  policy: Policy,
): Promise<Map<string, unknown>> {
  const together = new LoadTogether(scope, load, policy)
  const ungated: Policy = { ...policy, isGated: false }
  const served = await Promise.all(
    keys.map(
      (key) =>
        new Promise<Served>((resolve, reject) => {
          readThrough(scope, key, together.loaderFor(key), ungated, resolve, reject)
        }),
    ),
  )
  const values = new Map<string, unknown>()
  for (const [index, one] of served.entries()) {
    const value = one.entry.value
    if (value !== undefined) values.set(scope.userKey(keys[index]!), scope.present(value, policy))
  }
  return values
}

type Loading = ReturnType<ManyLoader<unknown>>

interface Asked {
  readonly flight: Flight | undefined
  readonly context: LoadContext
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** One call of a loader for the flights of several keys. */
class LoadTogether {
  readonly #isGated: boolean
  readonly #scope: Scope
  readonly #load: ManyLoader<unknown>
  #asked = new Map<string, Asked>()

  constructor(scope: Scope, load: ManyLoader<unknown>, policy: Policy) {
    this.#isGated = !policy.ungated
    this.#scope = scope
    this.#load = load
  }

  /** The loader of one flight: its value comes with the others that ask in the same turn of the event loop. */
  loaderFor(key: string): Loader<unknown> {
    return (context) =>
      new Promise((resolve, reject) => {
        if (this.#asked.size === 0) process.nextTick(() => this.#call())
        const flight = this.#scope.tiers.flights.get(key)
        this.#asked.set(this.#scope.userKey(key), {
          flight: flight instanceof Flight ? flight : undefined,
          context,
          resolve,
          reject,
        })
      })
  }

  #call(): void {
    const asked = this.#asked
    this.#asked = new Map()
    const abort = new AbortController()
    const stale = new Map<string, unknown>()
    let waiting = asked.size
    const left = (reason: unknown): void => {
      waiting--
      if (waiting === 0) abort.abort(reason)
    }
    for (const [key, { context }] of asked) {
      if (context.stale !== undefined) stale.set(key, context.stale)
      if (context.signal.aborted) left(context.signal.reason)
      else context.signal.addEventListener('abort', () => left(context.signal.reason), { once: true })
    }
    this.#run(asked, { signal: abort.signal, stale }).catch((error: unknown) => {
      for (const one of asked.values()) one.reject(error)
    })
  }

  async #run(asked: ReadonlyMap<string, Asked>, context: ManyLoadContext): Promise<void> {
    const { counters, tiers } = this.#scope
    const { signal } = context
    // One place for all of them: their flights were let through.
    const flights = [...asked.values()].flatMap(({ flight }) => flight ?? [])
    const leave = this.#isGated ? await enterGate(this.#scope, signal, flights) : noPlace
    const isInside = leave !== noPlace || flights.some(({ isNested }) => isNested)
    // It may have ended between the place at the gate and here.
    if (signal.aborted) leave()
    signal.throwIfAborted()
    signal.addEventListener('abort', leave, { once: true })
    const startedAt = tiers.parts.clock.now()
    let values: ReadonlyMap<string, unknown>
    counters.loads++
    try {
      const missing = [...asked.keys()]
      const about = (): ObservedLoad => ({ keys: missing, namespace: this.#scope.namespace })
      const load = (): Loading => tiers.parts.gate.run(isInside, () => this.#load(missing, context))
      values = asMap(await tiers.observers.load(about, load))
    } catch (error) {
      if (!signal.aborted) counters.loadErrors++
      throw error
    } finally {
      signal.removeEventListener('abort', leave)
      leave()
    }
    if (signal.aborted) counters.lateLoads++
    else counters.loadLatency.record(tiers.parts.clock.now() - startedAt)
    for (const [key, one] of asked) one.resolve(values.get(key))
  }
}

function asMap(returned: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> {
  if (returned instanceof Map) return returned
  throw new InvalidOptionError(`Expected the loader of several keys to return a Map, got ${show(returned)}.`)
}
