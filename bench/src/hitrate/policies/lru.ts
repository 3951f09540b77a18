import { online, type Policy } from './policy.ts'

/** The textbook: a map in order of use. */
export const lru: Policy = online('lru', (capacity) => {
  const recent = new Set<number>()
  return (key) => {
    const isHit = recent.delete(key)
    recent.add(key)
    if (recent.size > capacity) recent.delete(recent.values().next().value ?? key)
    return isHit
  }
})
