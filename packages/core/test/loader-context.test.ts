import { describe, expect, it } from 'vitest'
import { countCalls } from './world/slow-load.ts'
import { setStage } from './world/stage.ts'

const stage = setStage()

describe('what a loader returns', () => {
  it('is stored when it is null, which is a value', async () => {
    const { cache } = stage.open()
    const load = countCalls(() => null)
    await cache.getOrSet('key', load)

    expect(await cache.getOrSet('key', load)).toBeNull()
    expect(load.calls).toBe(1)
    expect(cache.stats()).toMatchObject({ hits: 1, misses: 1 })
  })

  it('is answered and not stored when it is undefined', async () => {
    const { cache, memory } = stage.connect()
    const load = countCalls(() => undefined)

    expect([await cache.getOrSet('key', load), await cache.getOrSet('key', load)]).toEqual([undefined, undefined])
    await stage.settle()
    expect([load.calls, memory.size]).toEqual([2, 0])
    expect(stage.server.slots.size).toBe(0)
  })

  it('is absent from a batch when its Map lacks it', async () => {
    const { cache } = stage.open()

    const found = await cache.getOrSetMany(['a', 'b'], () => new Map([['a', 1]]))

    expect([...found]).toEqual([['a', 1]])
    expect(await cache.get('b')).toBeUndefined()
  })

  it('is shown to functions of the value only when it is there', async () => {
    const { cache } = stage.open()
    const shown: unknown[] = []
    const tags = (user: { id: string }): string[] => {
      shown.push(user)
      return [`user:${user.id}`]
    }
    const ttl = (user: { id: string }) => `${user.id.length}m` as const

    const found = await cache.getOrSetMany(['a', 'b'], () => new Map([['a', { id: '1' }]]), { tags, ttl })
    const none = await cache.getOrSet('c', (): { id: string } => undefined as never, { tags, ttl })

    expect([...found.keys()]).toEqual(['a'])
    expect(none).toBeUndefined()
    expect(shown).toEqual([{ id: '1' }])
  })
})

describe('the context', () => {
  it('names the key as the user does', async () => {
    const { cache } = stage.open()
    const keyOf = ({ key }: { key: string }): string => key

    expect(await cache.getOrSet('@key', keyOf)).toBe('@key')
    expect(await cache.namespace('a').getOrSet('~key', keyOf)).toBe('~key')
  })

  it('has the stale value, where one is known', async () => {
    const { cache } = stage.connect({ ttl: '1s', grace: '1h' })
    const seen: unknown[] = []
    const load = ({ stale }: { stale: unknown }): string => {
      seen.push(stale)
      return 'new'
    }
    await cache.getOrSet('key', load)
    await stage.clock.advance(1_000)
    await cache.getOrSet('key', load)

    expect(seen).toEqual([undefined, 'new'])
  })

  it('keep() makes the stale value fresh again, with its tags', async () => {
    const { cache } = stage.open({ ttl: '1s', grace: '1h' })
    await cache.set('key', 'kept', { tags: ['t'] })
    await stage.clock.advance(1_000)

    expect(await cache.getOrSet('key', ({ keep }) => keep())).toBe('kept')
    expect(await cache.lookup('key')).toMatchObject({ value: 'kept', isStale: false, ttlMs: 1_000, tags: ['t'] })
    await cache.invalidateTags('t')
    expect(await cache.get('key')).toBeUndefined()
  })

  it('keep() without a stale value is the loader’s error', async () => {
    const { cache } = stage.open()

    await expect(cache.getOrSet('key', ({ keep }) => keep())).rejects.toThrow(/no stale value to keep/)
  })

  it('skip() answers, and stores nothing', async () => {
    const { cache, memory } = stage.connect()

    const value = await cache.getOrSet('key', ({ skip }) => {
      skip()
      return 'value'
    })
    await stage.settle()

    expect(value).toBe('value')
    expect([memory.size, stage.server.slots.size]).toEqual([0, 0])
  })

  it('tags() adds to the options’ tags', async () => {
    const { cache } = stage.open({ tags: ['a'] })
    await cache.getOrSet(
      'key',
      ({ tags }) => {
        tags(['c', 'd'])
        tags(['e'])
        return 'value'
      },
      { tags: ['b'] },
    )

    expect((await cache.lookup('key'))?.tags).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('refuses tags that are none, and more than an entry can carry', async () => {
    const { cache } = stage.open()
    const many = Array.from({ length: 150 }, (_, index) => `t${index}`)

    await expect(cache.getOrSet('key', ({ tags }) => tags([5 as never]))).rejects.toThrow(
      /a tag to be a non-empty string/,
    )
    await expect(
      cache.getOrSet(
        'key',
        ({ tags }) => {
          tags(many)
          return 1
        },
        { tags: many.map((tag) => `${tag}x`) },
      ),
    ).rejects.toThrow(/at most 200 tags, got 300/)
  })

  it('of many has the stale values by key', async () => {
    const { cache } = stage.open({ ttl: '1s', grace: '1h' })
    await cache.set('a', 'old')
    await stage.clock.advance(1_000)
    let seen: unknown

    await cache.getOrSetMany(['a', 'b'], (missing, { stale }) => {
      seen = [...stale]
      return new Map(missing.map((key) => [key, 'new']))
    })

    expect(seen).toEqual([['a', 'old']])
  })
})
