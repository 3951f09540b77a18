import type { Entry, Guard } from './contracts.ts'

/**
 * Where instants are counted from inside an entry. Whole milliseconds from here are small integers for 24 days of a process's
 * life, which V8 keeps in the object; an epoch in milliseconds would be a number on the heap, three to each entry.
 */
const origin = Math.floor(performance.timeOrigin)

/** An entry as the cache makes it: a value and its instants. */
abstract class KeptEntry {
  readonly value: unknown
  readonly #created: number
  readonly #stale: number
  readonly #expires: number

  constructor(value: unknown, life: Life) {
    this.value = value
    this.#created = Math.round(life.createdAt - origin)
    this.#stale = Math.round(life.staleAt - origin)
    this.#expires = Math.round(life.expiresAt - origin)
  }

  get createdAt(): number {
    return this.#created + origin
  }

  get staleAt(): number {
    return this.#stale + origin
  }

  get expiresAt(): number {
    return this.#expires + origin
  }
}

/** Most depend on nothing but their instants, and there are very many of them. */
class FreeEntry extends KeptEntry implements Entry {
  get tags(): readonly string[] {
    return none
  }

  get guards(): readonly Guard[] {
    return none
  }
}

class TiedEntry extends KeptEntry implements Entry {
  readonly tags: readonly string[]
  readonly guards: readonly Guard[]

  constructor(value: unknown, life: Life, tags: readonly string[], guards: readonly Guard[]) {
    super(value, life)
    this.tags = tags
    this.guards = guards
  }
}

/** The three instants of an entry. */
export interface Life {
  readonly createdAt: number
  readonly staleAt: number
  readonly expiresAt: number
}

const none: readonly never[] = []

export function makeEntry(
  value: unknown,
  life: Life,
  tags: readonly string[] = none,
  guards: readonly Guard[] = none,
): Entry {
  const isFree = tags.length === 0 && guards.length === 0
  return isFree ? new FreeEntry(value, life) : new TiedEntry(value, life, tags, guards)
}

/** An entry with other guards, and a life that ends no later than `lastAt`. */
export function guardedEntry(entry: Entry, guards: readonly Guard[], lastAt: number = Number.POSITIVE_INFINITY): Entry {
  const life: Life = {
    createdAt: entry.createdAt,
    staleAt: Math.min(entry.staleAt, lastAt),
    expiresAt: Math.min(entry.expiresAt, lastAt),
  }
  return makeEntry(entry.value, life, entry.tags, guards)
}

/** Whether all that an entry depends on is known unchanged. */
export function isGood(entry: Entry, now: number): boolean {
  const { guards } = entry
  if (guards === undefined) return true
  for (let i = 0; i < guards.length; i++) if (guards[i]!.goodUntil <= now) return false
  return true
}

/** Whether something an entry depends on has changed, for ever. */
export function isDead(entry: Entry): boolean {
  const { guards } = entry
  if (guards === undefined) return false
  for (let i = 0; i < guards.length; i++) if (guards[i]!.goodUntil === Number.NEGATIVE_INFINITY) return true
  return false
}
