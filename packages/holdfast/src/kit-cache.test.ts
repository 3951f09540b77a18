import { fakeClock } from '@holdfast/testing'
import { describe, expect, it } from 'vitest'
import { kitForTest } from '../test/kit-for-test.ts'

describe('Cache', () => {
  it('returns what was set, and null on a miss', async () => {
    const { Cache } = kitForTest()

    await Cache.set('my-key', { n: 1 }, 3600, ['tag1', 'tag2'])

    expect(await Cache.get('my-key')).toEqual({ n: 1 })
    expect(await Cache.get('other')).toBeNull()
  })

  it('takes a ttl as seconds, or with its unit', async () => {
    const clock = fakeClock()
    const { Cache } = kitForTest({ clock })
    await Cache.set('number', 1, 2)
    await Cache.set('text', 1, '2ms')

    await clock.advance(1_999)

    expect(await Cache.get('number')).toBe(1)
    expect(await Cache.get('text')).toBeNull()
    await clock.advance(1)
    expect(await Cache.get('number')).toBeNull()
  })

  it('takes the default ttl from the environment', async () => {
    const clock = fakeClock()
    const { Cache } = kitForTest({ clock, env: { CACHE_DEFAULT_TTL: '10' } })
    await Cache.set('key', 1)

    await clock.advance(9_999)
    expect(await Cache.has('key')).toBe(true)
    await clock.advance(1)

    expect(await Cache.has('key')).toBe(false)
  })

  it('writes by the defaults of the kit', async () => {
    const clock = fakeClock()
    const { Cache, CacheInvalidator } = kitForTest({ clock, defaults: { ttl: 10, tags: ['app'], timeout: 1 } })
    await Cache.set('tagged', 1, 60, ['own'])
    await Cache.set('short', 1)

    await clock.advance(10_000)
    expect([await Cache.has('tagged'), await Cache.has('short')]).toEqual([true, false])
    await CacheInvalidator.invalidateByTags(['app'])

    expect(await Cache.has('tagged')).toBe(false)
  })

  it('remembers what was computed', async () => {
    const { Cache } = kitForTest()
    let computed = 0
    const compute = async (): Promise<number> => ++computed

    const first = await Cache.remember('expensive-computation', compute, 3600, ['computation'])
    const second = await Cache.remember('expensive-computation', compute, 3600, ['computation'])

    expect([first, second]).toEqual([1, 1])
  })

  it('writes and reads several at once', async () => {
    const { Cache } = kitForTest()
    await Cache.setMany(
      [
        ['a', 1],
        ['b', 2],
      ],
      60,
      ['letters'],
    )

    const found = await Cache.getMany(['a', 'b', 'c'])

    expect(found).toEqual(
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
    )
  })

  it('forgets one, several, and all', async () => {
    const { Cache } = kitForTest()
    const letters = ['a', 'b', 'c', 'd']
    await Cache.setMany(letters.map((letter) => [letter, letter] as const))

    await Cache.delete('a')
    await Cache.delete(['b', 'c'])
    expect([...(await Cache.getMany(letters)).keys()]).toEqual(['d'])
    await Cache.clear()

    expect(await Cache.getMany(letters)).toEqual(new Map())
  })

  it('tells a stored null from a miss by has()', async () => {
    const { Cache } = kitForTest()
    await Cache.set('nobody', null)

    expect(await Cache.get('nobody')).toBeNull()
    expect(await Cache.has('nobody')).toBe(true)
    expect(await Cache.has('never set')).toBe(false)
  })

  it('rejects a ttl that cannot be used', async () => {
    const { Cache } = kitForTest()

    await expect(Cache.set('key', 1, -1)).rejects.toThrow('`ttl`')
    await expect(Cache.remember('key', () => 1, 'soon' as never)).rejects.toThrow('`ttl`')
  })
})
