import type { CheckedOptions } from '../history/checked-cache.ts'

/** A key of a simulated history. */
export interface SimulatedKey {
  readonly name: string
  readonly options: CheckedOptions
  /** What its values depend on, whether said before the load or after it. */
  readonly tags: readonly string[]
  /** The process that alone writes it, by `set`: the order of others' sets is not promised. */
  readonly owner?: number
}

/** Keys whose lives take different ways: long, soon expired, tagged before and after the load, served stale while a load takes long. */
const shared: readonly SimulatedKey[] = [
  { name: 'plain', options: { ttl: '60000ms' }, tags: [] },
  { name: 'short', options: { ttl: '40ms' }, tags: [] },
  { name: 'ahead', options: { ttl: '60ms', refreshAhead: 0.5 }, tags: [] },
  { name: 'grace', options: { ttl: '30ms', grace: '60000ms', softTimeout: '3ms' }, tags: [] },
  { name: 'tagged:1', options: { ttl: '60000ms', tags: ['t'] }, tags: ['t'] },
  { name: 'tagged:2', options: { ttl: '200ms', tags: ['t', 'u'] }, tags: ['t', 'u'] },
  { name: 'told', options: { ttl: '60000ms', tags: (value) => value.tags }, tags: ['u'] },
]

/** All keys, those of each process included. */
export function simulatedKeys(processes: number): readonly SimulatedKey[] {
  const own = Array.from({ length: processes }, (_, owner): SimulatedKey => {
    return { name: `own:${owner}`, options: { ttl: '60000ms' }, tags: [], owner }
  })
  return [...shared, ...own]
}
