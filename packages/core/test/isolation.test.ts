import { describe, expect, it } from 'vitest'
import { slowLoad } from './world/slow-load.ts'
import { setStage } from './world/stage.ts'

const stage = setStage()

interface Row {
  name: string
  tags: string[]
}
const row = (): Row => ({ name: 'Ada', tags: ['x'] })

describe('isolation', () => {
  it('by reference shares one value', async () => {
    const { cache } = stage.open()
    const value = row()
    await cache.set('key', value)

    expect(await cache.get('key')).toBe(value)
    expect(await cache.getOrSet('key', row)).toBe(value)
  })

  it.each(['memory alone', 'a remote store'])(
    'by freezing gives nobody what can be changed, with %s',
    async (tiers) => {
      const { cache } =
        tiers === 'memory alone' ? stage.open({ isolation: 'freeze' }) : stage.connect({ isolation: 'freeze' })

      for (const read of [
        () => cache.getOrSet('key', row),
        () => cache.getOrSet('key', row),
        () => cache.get('key'),
        async () => (await cache.lookup('key'))?.value,
        async () => (await cache.getMany(['key'])).get('key'),
      ]) {
        const value = (await read()) as Row
        expect([Object.isFrozen(value), Object.isFrozen(value.tags)]).toEqual([true, true])
        expect(() => value.tags.push('y')).toThrow(TypeError)
      }
    },
  )

  it.each(['memory alone', 'a remote store'])(
    'by copies gives everybody a value of one’s own, with %s',
    async (tiers) => {
      const { cache } =
        tiers === 'memory alone' ? stage.open({ isolation: 'clone' }) : stage.connect({ isolation: 'clone' })
      const made = row()
      const reads = [
        await cache.getOrSet('key', () => made),
        await cache.getOrSet('key', row),
        await cache.get<Row>('key'),
        (await cache.lookup<Row>('key'))?.value,
        (await cache.getMany<Row>(['key'])).get('key'),
        (await cache.getOrSetMany<Row>(['key'], () => new Map())).get('key'),
      ]

      expect(new Set(reads).size).toBe(reads.length)
      for (const read of [...reads, made]) read!.tags.push('changed')
      expect(await cache.get('key')).toEqual(row())
    },
  )

  it('by copies gives each of those who share a load its own, and the loader a copy of the stale value', async () => {
    const { cache } = stage.open({ isolation: 'clone', ttl: '1s', grace: '1h' })
    const load = slowLoad<Row>()
    await cache.set('key', row())
    await stage.clock.advance(1_000)
    const reads = [cache.getOrSet('key', load), cache.getOrSet('key', load)]
    await stage.settle()
    ;(load.contexts[0]!.stale as Row).name = 'changed'
    expect(await cache.get('key', { stale: true })).toEqual(row())
    load.resolve(row())

    const [first, second] = await Promise.all(reads)
    expect(first).toEqual(second)
    expect(first).not.toBe(second)
  })

  it('by copies keeps what is set apart from what the caller goes on with', async () => {
    const { cache } = stage.open({ isolation: 'clone' })
    const value = row()
    await cache.set('key', value)
    value.name = 'changed'
    const updated = await cache.update('other', () => value)
    updated.value.name = 'changed again'

    expect(await cache.get('key')).toEqual(row())
    expect(await cache.get('other')).toEqual({ ...row(), name: 'changed' })
  })

  it('by copies keeps with keep() what was there, unchanged', async () => {
    const { cache } = stage.open({ isolation: 'clone', ttl: '1s', grace: '1h' })
    await cache.set('key', row())
    await stage.clock.advance(1_000)
    const kept = await cache.getOrSet<Row>('key', ({ keep }) => keep())
    kept.name = 'changed'

    expect(await cache.get('key')).toEqual(row())
  })

  it('by copies gives what cannot be copied as it is, and does not keep it', async () => {
    const { cache, memory } = stage.open({ isolation: 'clone' })
    const value = { method: () => 1 }

    expect(await cache.getOrSet('key', () => value)).toBe(value)
    expect(memory.size).toBe(0)
    expect(cache.stats().serializationErrors).toBe(1)
  })

  it('is each call’s own', async () => {
    const { cache } = stage.open()
    const value = row()
    await cache.set('key', value)

    const copy = await cache.get<Row>('key', { isolation: 'clone' })
    expect(copy).toEqual(value)
    expect(copy).not.toBe(value)
    expect(Object.isFrozen(await cache.getOrSet('key', row))).toBe(false)
    expect(Object.isFrozen(await cache.getOrSet('key', row, { isolation: 'freeze' }))).toBe(true)
  })
})
