/** What the compiler must infer, and what it must refuse. Checked by `tsc`; nothing here runs. */
import { expectTypeOf } from 'vitest'
import type { Cache, Lookup, Namespace, Updated } from './cache.ts'
import { cached } from './cached.ts'
import { createCache } from './create-cache.ts'
import type { Duration } from './duration.ts'
import type { LoadContext } from './loader.ts'
import type { Stats } from './stats.ts'

interface User {
  readonly id: string
  readonly teamId: string
}
declare const readUser: (id: string, signal?: AbortSignal) => Promise<User>
declare const seconds: number
const cache = createCache()

export async function inference(): Promise<void> {
  // From the loader, whether it looks at its context or not.
  expectTypeOf(await cache.getOrSet('key', () => readUser('1'))).toEqualTypeOf<User>()
  expectTypeOf(await cache.getOrSet('key', (): number => 5)).toEqualTypeOf<number>()
  expectTypeOf(await cache.getOrSet('key', ({ signal }) => readUser('1', signal))).toEqualTypeOf<User>()
  expectTypeOf(await cache.getOrSet('key', async (context) => readUser(context.key))).toEqualTypeOf<User>()
  expectTypeOf(await cache.getOrSet('key', (): User | null => null)).toEqualTypeOf<User | null>()
  expectTypeOf(
    await cache.getOrSet('key', ({ stale, keep, signal }) => (stale === undefined ? readUser('1', signal) : keep())),
  ).toEqualTypeOf<User>()

  // Functions of the value know what the loader returns.
  await cache.getOrSet('key', () => readUser('1'), {
    tags: (user) => [`team:${user.teamId}`],
    ttl: (user) => (user.id === '1' ? '1m' : '5m'),
  })

  // Many.
  const users = await cache.getOrSetMany(['1', '2'], async (missing, { signal }) => {
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
    return new Map(await Promise.all(missing.map(async (id) => [id, await readUser(id, signal)] as const)))
  })
  expectTypeOf(users).toEqualTypeOf<ReadonlyMap<string, User>>()

  // Looking.
  expectTypeOf(await cache.lookup('key', () => readUser('1'))).toEqualTypeOf<Lookup<User>>()
  expectTypeOf(await cache.lookup<User>('key')).toEqualTypeOf<Lookup<User> | undefined>()
  expectTypeOf(await cache.lookup('key')).toEqualTypeOf<Lookup<unknown> | undefined>()

  // What is not known is unknown, and may be said.
  expectTypeOf(await cache.get('key')).toEqualTypeOf<unknown>()
  expectTypeOf(await cache.get<User>('key')).toEqualTypeOf<User | undefined>()
  expectTypeOf(await cache.getMany<User>(['key'])).toEqualTypeOf<ReadonlyMap<string, User>>()

  expectTypeOf(await cache.update('key', () => readUser('1'))).toEqualTypeOf<Updated<User>>()
  expectTypeOf(cache.stats()).toEqualTypeOf<Stats>()
}

export async function typedNamespaces(): Promise<void> {
  const sessions = cache.namespace<User>('session', { ttl: '20m', tags: (user) => [user.teamId] })
  expectTypeOf(sessions).toEqualTypeOf<Namespace<User>>()
  expectTypeOf(await sessions.get('key')).toEqualTypeOf<User | undefined>()
  expectTypeOf(await sessions.lookup('key')).toEqualTypeOf<Lookup<User> | undefined>()
  expectTypeOf(await sessions.getMany(['key'])).toEqualTypeOf<ReadonlyMap<string, User>>()
  expectTypeOf(await sessions.getOrSet('key', () => readUser('1'))).toEqualTypeOf<User>()
  await sessions.set('key', { id: '1', teamId: '7' })
  // @ts-expect-error no session
  await sessions.set('key', { id: '1' })
  // @ts-expect-error no session
  await sessions.getOrSet('key', () => 5)
  // @ts-expect-error no session
  await sessions.setMany([['key', 5]])
  // @ts-expect-error a namespace is no cache
  await sessions.close()

  const typed = createCache<User>({ ttl: (user) => (user.id === '1' ? '1m' : '5m') })
  expectTypeOf(typed).toEqualTypeOf<Cache<User>>()
  expectTypeOf(await typed.get('key')).toEqualTypeOf<User | undefined>()
}

export async function cachedFunctions(): Promise<void> {
  const getUser = cached(cache, {
    key: (id: string) => `user:${id}`,
    load: (id, { signal }) => readUser(id, signal),
    ttl: '5m',
    tags: (user) => [`team:${user.teamId}`],
  })
  expectTypeOf(await getUser('1')).toEqualTypeOf<User>()
  expectTypeOf(await getUser.refresh('1')).toEqualTypeOf<User>()
  expectTypeOf(getUser.key('1')).toEqualTypeOf<string>()
  // @ts-expect-error an argument is missing
  await getUser()
  // @ts-expect-error of another type
  await getUser(5)

  const page = cached(cache, {
    key: (table: string, limit?: number) => `${table}:${limit ?? 10}`,
    load: (table, limit, context) => {
      expectTypeOf(limit).toEqualTypeOf<number | undefined>()
      expectTypeOf(context).toEqualTypeOf<LoadContext>()
      return [table]
    },
  })
  expectTypeOf(await page('leads')).toEqualTypeOf<string[]>()
  expectTypeOf(await page('leads', 5)).toEqualTypeOf<string[]>()

  // @ts-expect-error a signal is for a call
  cached(cache, { key: (id: string) => id, load: readUser, signal: new AbortController().signal })
  // @ts-expect-error a cached function that always loads is none
  cached(cache, { key: (id: string) => id, load: (id) => readUser(id), force: true })
}

export async function durations(): Promise<void> {
  const fine: readonly Duration[] = ['250ms', '30s', '5m', '2h', '1d', '1.5s', `${seconds}s`]
  await cache.set('key', 1, { ttl: fine[0] })
  // @ts-expect-error a bare number: seconds or milliseconds?
  await cache.set('key', 1, { ttl: 300 })
  // @ts-expect-error no unit
  await cache.set('key', 1, { ttl: '300' })
  // @ts-expect-error no such unit
  await cache.set('key', 1, { ttl: '1w' })
  // @ts-expect-error a bare number
  await cache.getOrSet('key', () => 1, { grace: 60 })
  // @ts-expect-error a bare number
  await cache.getOrSet('key', () => 1, { ttl: () => 60 })
  // @ts-expect-error a bare number
  createCache({ ttl: 60 })
  // @ts-expect-error a bare number
  createCache({ coherence: { maxStaleness: 30 } })
  // @ts-expect-error a bare number
  await cache.delete('key', { hold: 2 })
  // @ts-expect-error a bare number
  await cache.close({ drain: 5 })
  await cache.getOrSet('key', (context) => {
    // @ts-expect-error a bare number
    context.ttl(10)
    return 1
  })
}

export async function misuse(): Promise<void> {
  // @ts-expect-error not a key
  await cache.get(5)
  // @ts-expect-error no loader
  await cache.getOrSet('key')
  // @ts-expect-error not a loader
  await cache.getOrSet('key', 5)
  // @ts-expect-error what is looked up without a loader is not stored
  await cache.get('key', { ttl: '1m' })
  // @ts-expect-error a write does not wait for a load
  await cache.set('key', 1, { softTimeout: '1s' })
  // @ts-expect-error no such option
  await cache.getOrSet('key', () => 1, { tll: '1m' })
  // @ts-expect-error no such isolation
  await cache.getOrSet('key', () => 1, { isolation: 'copy' })
  // @ts-expect-error a list is needed
  await cache.getOrSet('key', () => 1, { tags: 'team' })
  // @ts-expect-error the loader of many returns a map
  await cache.getOrSetMany(['key'], () => [1])
  // @ts-expect-error not a store
  createCache({ memory: {} })
  // @ts-expect-error for a call only
  createCache({ force: true })
  // @ts-expect-error for a call only
  cache.namespace('a', { signal: new AbortController().signal })
  // @ts-expect-error no such event
  cache.on('loaded', () => {})
  cache.on('load', (detail) => {
    expectTypeOf(detail.durationMs).toEqualTypeOf<number>()
    // @ts-expect-error not of this event
    return detail.error
  })
  const found = await cache.lookup('key', () => readUser('1'))
  // @ts-expect-error results are read, not written
  found.value = { id: '2', teamId: '2' }
}
