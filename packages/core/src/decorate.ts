import type { RemoteStore } from './contracts.ts'

/** The methods of a store that go over the network and answer with a promise; what a decorator may stand around. */
export type RemoteOperation =
  | 'getMany'
  | 'setMany'
  | 'deleteMany'
  | 'lease'
  | 'fill'
  | 'release'
  | 'settle'
  | 'expire'
  | 'invalidateTags'
  | 'invalidateMatching'
  | 'clear'
  | 'ping'
  | 'info'

const operations: readonly RemoteOperation[] = [
  'getMany',
  'setMany',
  'deleteMany',
  'lease',
  'fill',
  'release',
  'settle',
  'expire',
  'invalidateTags',
  'invalidateMatching',
  'clear',
  'ping',
  'info',
]
const untouched = ['partOf', 'close', 'scan', 'listen', 'guard', 'barrier', 'reopen', 'describe'] as const

/** Stands around one call of a store. `run` makes the call. */
export type Around = <T>(operation: RemoteOperation, run: () => Promise<T>, args: readonly unknown[]) => Promise<T>

/** The same store with `around` in each call to the network. Absent abilities stay absent; `overrides` replace methods. */
export function decorate(store: RemoteStore, around: Around, overrides: Partial<RemoteStore> = {}): RemoteStore {
  const decorated: Record<string, unknown> = {}
  for (const operation of operations) {
    const method = store[operation] as ((...args: unknown[]) => Promise<unknown>) | undefined
    if (method !== undefined) {
      decorated[operation] = (...args: unknown[]) => around(operation, () => method.apply(store, args), args)
    }
  }
  for (const name of untouched) {
    const method = store[name] as ((...args: unknown[]) => unknown) | undefined
    if (method !== undefined) decorated[name] = (...args: unknown[]) => method.apply(store, args)
  }
  return { ...decorated, ...overrides } as unknown as RemoteStore
}
