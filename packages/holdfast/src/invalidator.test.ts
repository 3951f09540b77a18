import { InvalidOptionError } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { kitForTest } from '../test/kit-for-test.ts'

describe('CacheInvalidator', () => {
  it('has a method for each tag', async () => {
    const { Cache, CacheInvalidator, CacheTags } = kitForTest({ tags: { LEADS: 'leads', LEAD_NOTES: 'notes' } })
    await Cache.set('lead:1', 1, 60, [CacheTags.LEADS])
    await Cache.set('note:1', 1, 60, [CacheTags.LEAD_NOTES])

    const written = await CacheInvalidator.invalidateLeads()

    expect(written.reached).toBe('all')
    expect([...(await Cache.getMany(['lead:1', 'note:1'])).keys()]).toEqual(['note:1'])
    await CacheInvalidator.invalidateLeadNotes()
    expect(await Cache.get('note:1')).toBeNull()
    // @ts-expect-error there is no such tag
    expect(CacheInvalidator.invalidateUsers).toBeUndefined()
  })

  it('invalidates by tags, by pattern and by keys', async () => {
    const { Cache, CacheInvalidator } = kitForTest()
    const keys = ['leads:list:1', 'my-leads', 'user:1', 'user:2', 'price']
    await Cache.setMany(
      keys.map((key) => [key, key] as const),
      60,
    )
    await Cache.set('price', 1, 60, ['pricing'])

    await CacheInvalidator.invalidateByPattern('*leads*')
    await CacheInvalidator.invalidateByTags(['pricing'])
    await CacheInvalidator.invalidateKeys(['user:1'])

    expect([...(await Cache.getMany(keys)).keys()]).toEqual(['user:2'])
  })

  it('refuses tags whose methods would collide', () => {
    expect(() => kitForTest({ tags: { KEYS: 'keys' } })).toThrow(InvalidOptionError)
    expect(() => kitForTest({ tags: { LEADS: 'a', leads: 'b' } })).toThrow('invalidateLeads()')
  })
})
