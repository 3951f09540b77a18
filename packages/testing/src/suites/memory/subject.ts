import type { Clock, MemoryStore } from '@holdfast/core'
import { fakeClock, type FakeClock } from '../../fake-clock.ts'
import type { Case, Skip } from '../suite.ts'

/** What a memory store can do beyond keeping entries. */
export type MemoryAbility = 'maxEntries' | 'maxBytes' | 'onEvict'

/** The bounds that a case asks for. At most one of the two is given. */
export interface MemoryBounds {
  readonly maxEntries?: number
  readonly maxBytes?: number
  /** The time by which entries expire, for stores that look at it. */
  readonly clock: Clock
}

/** What the suite needs to know of a memory store. */
export interface MemoryStoreSuite {
  /** @default 'a memory store' */
  readonly name?: string
  /** A fresh, empty store. Bounds that are no ability of it are never asked for. */
  readonly open: (bounds: MemoryBounds) => MemoryStore
  readonly abilities: readonly MemoryAbility[]
  readonly skip?: readonly Skip[]
}

/** What a case works on. */
export interface MemorySubject {
  readonly clock: FakeClock
  readonly open: (bounds?: { readonly maxEntries?: number; readonly maxBytes?: number }) => MemoryStore
  readonly abilities: ReadonlySet<MemoryAbility>
}

/** A case of the suite. */
export type MemoryCase = Case<MemorySubject>

/** What one run of a case works on. */
export function memorySubject(suite: MemoryStoreSuite): MemorySubject {
  const clock = fakeClock()
  return {
    clock,
    open: (bounds = {}) => suite.open({ ...bounds, clock }),
    abilities: new Set(suite.abilities),
  }
}
