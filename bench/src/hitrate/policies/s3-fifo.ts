import { online, type Policy } from './policy.ts'

/**
 * Three queues: a tenth of the room for newcomers, the rest for what was asked for again while it was there, and the names of
 * what was turned out. A hit only counts, up to three.
 *
 * Source: J. Yang and others, "FIFO queues are all you need for cache eviction", SOSP 2023, algorithm 1.
 */
export const s3Fifo: Policy = online('s3-fifo', (capacity) => {
  const smallTarget = Math.max(1, Math.round(capacity / 10))
  const mainTarget = Math.max(1, capacity - smallTarget)
  const small = new Set<number>()
  const main = new Set<number>()
  const ghost = new Set<number>()
  const uses = new Map<number, number>()

  const evictFromMain = (): void => {
    for (;;) {
      const oldest = first(main)
      if (oldest === undefined) return
      main.delete(oldest)
      const count = uses.get(oldest) ?? 0
      if (count === 0) {
        uses.delete(oldest)
        return
      }
      uses.set(oldest, count - 1)
      main.add(oldest)
    }
  }
  const evictFromSmall = (): void => {
    for (;;) {
      const oldest = first(small)
      if (oldest === undefined) return
      small.delete(oldest)
      if ((uses.get(oldest) ?? 0) > 1) {
        uses.set(oldest, 0)
        main.add(oldest)
        if (main.size > mainTarget) return evictFromMain()
      } else {
        uses.delete(oldest)
        ghost.add(oldest)
        if (ghost.size > mainTarget) ghost.delete(first(ghost) ?? oldest)
        return
      }
    }
  }

  return (key) => {
    const count = uses.get(key)
    if (count !== undefined) {
      if (count < 3) uses.set(key, count + 1)
      return true
    }
    while (small.size + main.size >= capacity) {
      if (small.size >= smallTarget || main.size === 0) evictFromSmall()
      else evictFromMain()
    }
    uses.set(key, 0)
    if (ghost.delete(key)) main.add(key)
    else small.add(key)
    return false
  }
})

function first(queue: Set<number>): number | undefined {
  return queue.values().next().value
}
