import type { Entry } from '@holdfast/core'
import { memoryStore } from '@holdfast/memory'

import { online, type Policy } from './policy.ts'

const entry: Entry = { value: 1, createdAt: 0, staleAt: 8e15, expiresAt: 8e15, tags: [] }

/** Our memory tier, as it ships: not a simulation of it. */
export const holdfast: Policy = online('holdfast', (capacity, { unique }) => {
  const store = memoryStore({ maxEntries: capacity })
  const names = Array.from({ length: unique }, (_, key) => `key:${key}`)
  return (key) => {
    const name = names[key] ?? ''
    if (store.get(name) !== undefined) return true
    store.set(name, entry)
    return false
  }
})
