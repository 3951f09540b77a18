import { createRandom } from '../stats/random.ts'

/** A row as a database gives it: about 200 bytes of JSON. */
export interface Row {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly city: string
  readonly status: string
  readonly score: number
  readonly isActive: boolean
  readonly createdAt: string
  readonly notes: string | null
}

const cities = ['Berlin', 'Lagos', 'Lima', 'Osaka', 'Oslo', 'Porto', 'Quito', 'Tunis']
const statuses = ['NEW', 'OPEN', 'WON', 'LOST']

/** Rows that are the same in every process and run. */
export function makeRows(count: number, seed = 1): readonly Row[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, id) => {
    const name = `Lead ${random.integer(1e6).toString(36)}`
    return {
      id,
      name,
      email: `${name.slice(5)}@example.com`,
      city: cities[random.integer(cities.length)] ?? '',
      status: statuses[random.integer(statuses.length)] ?? '',
      score: Math.round(random.next() * 1e4) / 100,
      isActive: random.next() < 0.8,
      createdAt: new Date(1.7e12 + random.integer(3e10)).toISOString(),
      notes: random.next() < 0.5 ? null : `called ${random.integer(20)} times`,
    }
  })
}

/** Rows that take about so many bytes as JSON. */
export function makeRowsOfBytes(bytes: number, seed = 1): readonly Row[] {
  const each = JSON.stringify(makeRows(100, seed)).length / 100
  return makeRows(Math.round(bytes / each), seed)
}

/** Keys as services write them. Their number is a power of two, as the loops need it. */
export function makeKeys(count: number, name = 'user'): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${name}:${i}`)
}
