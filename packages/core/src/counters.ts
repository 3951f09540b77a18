import { Histogram } from './histogram.ts'

/** The integers that a cache, or one namespace of it, counts. Incremented in place; read through `stats()`. */
export class Counters {
  memoryHits = 0
  remoteHits = 0
  staleHits = 0
  misses = 0
  loads = 0
  loadErrors = 0
  loadTimeouts = 0
  loadsRejected = 0
  lateLoads = 0
  coalesced = 0
  fleetWaits = 0
  refreshes = 0
  sets = 0
  deletes = 0
  invalidations = 0
  serializationErrors = 0
  readonly loadLatency: Histogram = new Histogram()

  add(other: Counters): void {
    for (const name of names) this[name] += other[name]
    this.loadLatency.add(other.loadLatency)
  }
}

const names = Object.keys(new Counters()).filter((name) => name !== 'loadLatency') as Exclude<
  keyof Counters,
  'loadLatency' | 'add'
>[]

/** So many namespaces are counted apart. */
const mostNamespaces = 1_000

/** The counters of a cache and its namespaces. Bounded: namespaces beyond the first thousand are counted together. */
export class CounterTable {
  readonly #byNamespace = new Map<string, Counters>()
  readonly #others = new Counters()

  /** Where a namespace counts; `''` is the cache itself. */
  of(namespace: string): Counters {
    const known = this.#byNamespace.get(namespace)
    if (known !== undefined) return known
    if (this.#byNamespace.size > mostNamespaces) return this.#others
    const counters = new Counters()
    this.#byNamespace.set(namespace, counters)
    return counters
  }

  /** What a namespace and those nested in it have counted. */
  sum(namespace: string): Counters {
    const sum = new Counters()
    for (const [name, counters] of this.#byNamespace)
      if (namespace === '' || name === namespace || name.startsWith(`${namespace}/`)) sum.add(counters)
    if (namespace === '' || !this.#byNamespace.has(namespace)) sum.add(this.#others)
    return sum
  }
}
