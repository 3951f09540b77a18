import { show } from './duration.ts'
import { InvalidOptionError } from './errors.ts'

/** A loader that is about to be called. */
export interface ObservedLoad {
  /** The user's own; several where one call of a loader serves several. */
  readonly keys: readonly string[]
  readonly namespace: string
}

/** A call of the remote store that is about to be made. */
export interface ObservedCall {
  /** The method's name: `getMany`, `fill`, … */
  readonly operation: string
  /** How many keys, tags, … it is about; 1 where it is about something else. */
  readonly size: number
}

/**
 * What stands beside a cache and sees what is too frequent, or too deep inside, for an event. What is absent costs nothing. An
 * observer that throws is a process warning and nobody's failure; what it returns is ignored.
 */
export interface CacheObserver {
  /** A key is read, whatever comes of it. Called in the middle of each read, a hit in memory included: return at once. */
  read?(key: string, namespace: string): void
  /** Stands around a loader: calls `run`, which never throws, and may look at its promise. What `run` does happens in its async context. */
  load?(about: ObservedLoad, run: () => Promise<unknown>): void
  /** Stands around a call of the remote store, as `load`. */
  call?(about: ObservedCall, run: () => Promise<unknown>): void
}

type ReadHeard = (key: string, namespace: string) => void

/** The observers of one cache. */
export class Observers {
  /** Hears of each read; `undefined` while nobody does, so that a hit pays one comparison. */
  read: ReadHeard | undefined = undefined
  #all: readonly CacheObserver[] = []
  #ofLoads: readonly CacheObserver[] = []
  #ofCalls: readonly CacheObserver[] = []

  /** @throws {InvalidOptionError} for what is no object */
  add(observer: CacheObserver): Disposable {
    if (typeof observer !== 'object' || observer === null)
      throw new InvalidOptionError(`Expected the observer to be an object of functions, got ${show(observer)}.`)
    // An object of its own, so that the same observer added twice is two.
    const own: CacheObserver = {
      ...(observer.read && { read: (key, namespace) => observer.read!(key, namespace) }),
      ...(observer.load && { load: (about, run) => observer.load!(about, run) }),
      ...(observer.call && { call: (about, run) => observer.call!(about, run) }),
    }
    this.#set([...this.#all, own])
    return { [Symbol.dispose]: () => this.#set(this.#all.filter((each) => each !== own)) }
  }

  clear(): void {
    this.#set([])
  }

  /** Calls a loader with all who observe loads around it. */
  load<T>(about: () => ObservedLoad, run: () => T | Promise<T>): T | Promise<T> {
    if (this.#ofLoads.length === 0) return run()
    const told = about()
    return surround(this.#ofLoads, (observer, inner) => observer.load!(told, inner), run)
  }

  /** Makes a call of the remote store with all who observe calls around it. */
  call<T>(operation: string, size: number, run: () => Promise<T>): Promise<T> {
    if (this.#ofCalls.length === 0) return run()
    const told = { operation, size }
    return surround(this.#ofCalls, (observer, inner) => observer.call!(told, inner), run)
  }

  #set(all: readonly CacheObserver[]): void {
    this.#all = all
    this.#ofLoads = all.filter((each) => each.load !== undefined)
    this.#ofCalls = all.filter((each) => each.call !== undefined)
    const reads = all.filter((each) => each.read !== undefined).map(quiet)
    const [first] = reads
    if (reads.length < 2) this.read = first
    else this.read = (key, namespace) => reads.forEach((read) => read(key, namespace))
  }
}

function quiet(observer: CacheObserver): ReadHeard {
  return (key, namespace) => {
    try {
      observer.read!(key, namespace)
    } catch (error) {
      warn(error)
    }
  }
}

/** Runs within all of them, the first outermost; once, whatever they do. */
function surround<T>(
  observers: readonly CacheObserver[],
  stand: (observer: CacheObserver, inner: () => Promise<T>) => void,
  run: () => T | Promise<T>,
): Promise<T> {
  let running: Promise<T> | undefined
  const once = (): Promise<T> => (running ??= started(run))
  const outermost = observers.reduceRight<() => Promise<T>>(
    (inner, observer) => () => {
      try {
        stand(observer, inner)
      } catch (error) {
        warn(error)
      }
      return once()
    },
    once,
  )
  return outermost()
}

// A loader that throws is one that rejects.
async function started<T>(run: () => T | Promise<T>): Promise<T> {
  return run()
}

function warn(error: unknown): void {
  process.emitWarning(`An observer of a cache threw: ${String(error)}`, 'HoldfastWarning')
}
