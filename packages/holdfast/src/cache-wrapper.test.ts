import { fakeClock } from '@holdfast/testing'
import { describe, expect, it } from 'vitest'
import { kitForTest } from '../test/kit-for-test.ts'

describe('cacheWrapper', () => {
  it('says where the answer came from', async () => {
    const clock = fakeClock()
    const { cacheWrapper } = kitForTest({ clock })
    const read = () => cacheWrapper('lead:1', () => ({ id: 1 }), { ttl: 300, tags: ['leads'] })

    const missed = await read()
    await clock.advance(1_500)
    const found = await read()

    expect(missed).toEqual({
      data: { id: 1 },
      context: { key: 'lead:1', hit: false, source: 'loader', stale: false, age: 0, ttl: 300, tags: ['leads'] },
    })
    expect(found).toEqual({
      data: { id: 1 },
      context: { key: 'lead:1', hit: true, source: 'memory', stale: false, age: 1.5, ttl: 298.5, tags: ['leads'] },
    })
  })

  it('serves a stale answer within grace when the loader fails, and says so', async () => {
    const clock = fakeClock()
    const { cacheWrapper } = kitForTest({ clock })
    await cacheWrapper('key', () => 'old', { ttl: 1, grace: 60 })
    await clock.advance(1_000)

    const { data, context } = await cacheWrapper('key', () => Promise.reject(new Error('database')), {
      ttl: 1,
      grace: 60,
    })

    expect(data).toBe('old')
    expect(context).toMatchObject({ hit: true, stale: true, ttl: 0 })
  })

  it("throws the loader's own error", async () => {
    const { cacheWrapper } = kitForTest()
    const error = new Error('no such lead')

    await expect(cacheWrapper('key', () => Promise.reject(error))).rejects.toBe(error)
  })

  it('loads once for many who ask at the same time', async () => {
    const { cacheWrapper } = kitForTest()
    let loads = 0

    await Promise.all(Array.from({ length: 50 }, () => cacheWrapper('key', async () => ++loads)))

    expect(loads).toBe(1)
  })

  it('makes tags and ttl of the value', async () => {
    const { cacheWrapper } = kitForTest({ clock: fakeClock() })

    const { context } = await cacheWrapper('key', () => ({ team: 7 }), {
      ttl: (user) => user.team,
      tags: (user) => [`team:${user.team}`],
    })

    expect(context).toMatchObject({ ttl: 7, tags: ['team:7'] })
  })

  it('gives every caller a response of its own, and stores none', async () => {
    const kit = kitForTest()
    const read = () => kit.cacheWrapper('page', async () => new Response('body'))

    const answers = await Promise.all([read(), read()])
    answers.push(await read())

    expect(await Promise.all(answers.map(({ data }) => data.text()))).toEqual(['body', 'body', 'body'])
    expect(await kit.Cache.has('page')).toBe(false)
    expect(kit.lines.filter((line) => line.includes('"page" is not cached'))).toHaveLength(1)
  })

  it('obeys the defaults of the kit', async () => {
    const { cacheWrapper } = kitForTest({ clock: fakeClock(), defaults: { ttl: 7, tags: ['app'] } })

    const plain = await cacheWrapper('key', () => 1)
    const own = await cacheWrapper('own', () => 1, { ttl: 9, tags: ['own'] })
    const made = await cacheWrapper('made', () => 1, { ttl: undefined, tags: (value) => [`value:${value}`] })

    expect(plain.context).toMatchObject({ ttl: 7, tags: ['app'] })
    expect(own.context).toMatchObject({ ttl: 9, tags: ['app', 'own'] })
    expect(made.context).toMatchObject({ ttl: 7, tags: ['app', 'value:1'] })
  })
})

describe('a bypassed kit', () => {
  const env = { SKIP_CACHE_DEV: 'true', NODE_ENV: 'development' }

  it('loads each time and stores nothing', async () => {
    const { Cache, cacheWrapper } = kitForTest({ env })
    let loads = 0
    const load = (): number => ++loads

    await Cache.set('key', 0)
    const first = await cacheWrapper('key', load)
    const second = await Cache.remember('key', load)

    expect([first.data, second, await Cache.get('key')]).toEqual([1, 2, null])
    expect(first.context).toMatchObject({ hit: false, source: 'loader', ttl: 0 })
  })

  it('gives loaders the same context', async () => {
    const { cacheWrapper } = kitForTest({ env })

    const { context } = await cacheWrapper('key', (load) => {
      load.ttl('1s')
      load.skip()
      load.tags(['a'])
      return [load.signal.aborted, load.stale]
    })

    expect(context.tags).toEqual(['a'])
  })
})
