import { declareSuite } from '../suite.ts'
import { boundCases } from './bounds.ts'
import { byteCases } from './bytes.ts'
import { evictCases } from './evict.ts'
import { keepCases } from './keep.ts'
import { memorySubject, type MemoryAbility, type MemoryCase, type MemoryStoreSuite } from './subject.ts'

/**
 * Proves that a store keeps the contract `MemoryStore`, as tests of vitest.
 *
 * ```ts
 * testMemoryStore({ open: (bounds) => memoryStore(bounds), abilities: ['maxEntries', 'maxBytes', 'onEvict'] })
 * ```
 */
export function testMemoryStore(suite: MemoryStoreSuite): void {
  declareSuite(suite.name ?? 'a memory store', memoryStoreCases(suite.abilities), suite.skip ?? [], (run) =>
    run(memorySubject(suite)),
  )
}

/** The cases that a store with these abilities must pass. */
export function memoryStoreCases(abilities: readonly MemoryAbility[]): readonly MemoryCase[] {
  return [
    ...keepCases,
    ...(abilities.includes('maxEntries') ? boundCases : []),
    ...(abilities.includes('maxBytes') ? byteCases : []),
    ...(abilities.includes('maxEntries') && abilities.includes('onEvict') ? evictCases : []),
  ]
}
