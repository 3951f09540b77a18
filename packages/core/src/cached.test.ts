import { describe, expect, it } from 'vitest'
import { countCalls, slowLoad } from '../test/world/slow-load.ts'
import { setStage } from '../test/world/stage.ts'
import { cached } from './cached.ts'
import { InvalidOptionError } from './errors.ts'
import type { LoadContext } from './loader.ts'

const stage = setStage()

describe('cached', () => {
  it('refuses what is no cache', () => {
    const options = { key: () => 'key', load: () => 1 }

    expect(() => cached('cache' as never, options)).toThrow(InvalidOptionError)
    expect(() => cached(undefined as never, options)).toThrow('It is what `createCache` or `namespace` makes.')
    expect(() => cached(stage.open().cache, undefined as never)).toThrow('Expected options to be an object, got und')
  })

  it('reads through, under the key that its arguments make', async () => {
    const { cache } = stage.open()
    const load = countCalls((id: string) => `user ${id}`)
    const getUser = cached(cache, { key: (id: string) => `user:${id}`, load })

    expect([await getUser('1'), await getUser('1'), await getUser('2')]).toEqual(['user 1', 'user 1', 'user 2'])
    expect(load.calls).toBe(2)
    expect(getUser.key('1')).toBe('user:1')
    expect(await cache.get('user:2')).toBe('user 2')
  })

  it('shares one load among those who call meanwhile', async () => {
    const { cache } = stage.open()
    const load = slowLoad()
    const getOne = cached(cache, { key: () => 'one', load: (context: LoadContext) => load(context) })

    const both = Promise.all([getOne(), getOne()])
    await stage.settle()
    load.resolve('loaded')

    expect(await both).toEqual(['loaded', 'loaded'])
    expect(load.calls).toBe(1)
  })

  it('takes the options of a read', async () => {
    const { cache } = stage.open({ ttl: '1m' })
    const getUser = cached(cache, {
      key: (id: string) => id,
      load: (id) => ({ id, team: 'a' }),
      ttl: '10s',
      tags: (user) => [`team:${user.team}`],
    })
    await getUser('1')

    expect(await cache.lookup('1')).toMatchObject({ ttlMs: 10_000, tags: ['team:a'] })
    await cache.invalidateTags('team:a')
    expect(await cache.get('1')).toBeUndefined()
  })

  it('deletes, and loads now when it is told to', async () => {
    const { cache } = stage.open()
    let version = 0
    const getVersion = cached(cache, { key: (id: string) => id, load: () => ++version })
    await getVersion('a')

    expect(await getVersion.refresh('a')).toBe(2)
    expect(await getVersion('a')).toBe(2)
    expect(await getVersion.delete('a')).toEqual({ reached: 'all', queued: false })
    expect(await getVersion('a')).toBe(3)
  })

  it('gives the loader its arguments in their places, left out or not, and the context last', async () => {
    const { cache } = stage.open()
    const got: unknown[][] = []
    const page = cached(cache, {
      key: (table: string, limit?: number) => `${table}:${limit ?? 10}`,
      load: (table, limit, context) => {
        got.push([table, limit, context.key])
        return table
      },
    })
    const short = cached(cache, {
      key: (table: string) => table,
      load: (table: string, context: LoadContext) => {
        got.push([table, context.key])
        return table
      },
    })
    await page('leads')
    await page('leads', 5)
    await short('teams')

    expect(got).toEqual([
      ['leads', undefined, 'leads:10'],
      ['leads', 5, 'leads:5'],
      ['teams', 'teams'],
    ])
  })

  it('rejects when its key throws or is none, and does not load', async () => {
    const { cache } = stage.open()
    const load = countCalls(() => 1)
    const failing = cached(cache, {
      key: (id: string) => {
        if (id === 'bad') throw new RangeError('bad')
        return ''
      },
      load,
    })

    await expect(failing('bad')).rejects.toThrow(new RangeError('bad'))
    await expect(failing.delete('bad')).rejects.toThrow(new RangeError('bad'))
    await expect(failing.refresh('bad')).rejects.toThrow(new RangeError('bad'))
    await expect(failing('other')).rejects.toThrow(InvalidOptionError)
    expect(load.calls).toBe(0)
  })

  it.each<[object, string]>([
    [{ key: 'user', load: () => 1 }, 'Expected `key` to be a function, got "user".'],
    [{ key: () => 'a', load: 5 }, 'Expected `load` to be a function, got 5.'],
    [{ key: () => 'a' }, 'Expected `load` to be a function, got undefined.'],
    [{ key: () => 'a', load: () => 1, ttl: 60 }, '`ttl`'],
    [{ key: () => 'a', load: () => 1, tll: '5m' }, '`tll`'],
    [{ key: () => 'a', load: () => 1, force: true }, '`force`'],
    [{ key: () => 'a', load: () => 1, signal: new AbortController().signal }, '`signal`'],
  ])('throws at once: %o', (options, message) => {
    const { cache } = stage.open()

    const open = (): unknown => cached(cache, options as never)

    expect(open).toThrow(InvalidOptionError)
    expect(open).toThrow(message)
  })
})
