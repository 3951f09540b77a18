import { createZipf, permutation } from '@holdfast/bench/hitrate/zipf'
import { createRandom, type Random } from '@holdfast/bench/stats/random'
import { priceWrites, readLead, readRoutes, writeLead, type CatalogEntry } from './catalog.ts'
import type { Workload } from './workload.ts'

/** A seeded sequence of requests: the i-th is `catalog[order[i]]`. */
export interface Traffic {
  readonly catalog: readonly CatalogEntry[]
  readonly order: Uint32Array
}

/** Which sequence. */
export interface TrafficOptions {
  readonly workload: Workload
  readonly seed: number
  /** How many requests. A longer sequence begins with the shorter one. */
  readonly count: number
  /** So many at the beginning are left out. @default 0 */
  readonly skip?: number
  /** How many leads the database has. */
  readonly rows: number
}

/** Makes the requests of a run beforehand, so that making them costs nothing while it is measured. */
export function makeTraffic({ workload, seed, count, rows, skip = 0 }: TrafficOptions): Traffic {
  const random = createRandom(seed)
  const catalog: CatalogEntry[] = []
  const leads = Math.min(workload.leads, rows)
  const add = (entries: readonly CatalogEntry[]): number => catalog.push(...entries) - entries.length
  // What is popular is drawn once, so that readers and writers agree on it.
  const popularLeads = permutation(leads, createRandom(seed + 1))
  const draws = readRoutes(leads).map(({ share, entries }, index) => {
    const order = index === 0 ? popularLeads : permutation(entries.length, createRandom(seed + 1 + index))
    return { share, draw: drawer(add(entries), order, workload.skew, random) }
  })
  const changes = Array.from({ length: leads }, (_, index) => writeLead(index + 1))
  const changeLead = drawer(add(changes), popularLeads, workload.skew, random)
  const prices = priceWrites()
  const firstPrice = add(prices)
  const walk = walker(catalog, leads, rows)
  const front = workload.isMoving ? movingFront(catalog, leads, rows, workload.skew, random) : undefined

  const next = (): number => {
    if (random.next() < workload.writes)
      return random.next() < 0.9 ? changeLead() : firstPrice + random.integer(prices.length)
    if (random.next() < workload.walking) return walk()
    const route = pick(draws, random.next())
    return route === draws[0] && front !== undefined ? front() : route.draw()
  }
  return { catalog, order: Uint32Array.from({ length: skip + count }, next).subarray(skip) }
}

function drawer(first: number, order: Uint32Array, skew: number, random: Random): () => number {
  const rank = createZipf(order.length, skew)
  return () => first + order[rank(random)]!
}

/** Leads that nobody else asks for, one after the other. */
function walker(catalog: CatalogEntry[], leads: number, rows: number): () => number {
  let walked = 0
  return () => {
    const id = rows > leads ? leads + 1 + (walked++ % (rows - leads)) : 1 + (walked++ % rows)
    return catalog.push(readLead(id)) - 1
  }
}

/** The latest lead is the most popular one, and every hundred requests there is a later one. */
function movingFront(catalog: CatalogEntry[], leads: number, rows: number, skew: number, random: Random): () => number {
  const age = createZipf(leads, skew)
  const places = new Map<number, number>()
  let asked = 0
  return () => {
    const latest = leads + Math.floor(asked++ / 100)
    const id = 1 + ((latest - age(random)) % rows)
    const place = places.get(id) ?? catalog.push(readLead(id)) - 1
    places.set(id, place)
    return place
  }
}

function pick<T extends { readonly share: number }>(items: readonly T[], point: number): T {
  let left = point
  for (const item of items) {
    left -= item.share
    if (left < 0) return item
  }
  return items.at(-1)!
}
