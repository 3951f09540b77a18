import { describe, expect, it } from 'vitest'
import type { RemoteStore } from './contracts.ts'
import { describeRemote } from './describe-remote.ts'

const bare = { getMany: async () => [], setMany: async () => [], deleteMany: async () => {}, close: async () => {} }

describe('describeRemote', () => {
  it('gives what the store says of itself', () => {
    const said = { name: 'redis', coherence: 'announcements', limits: [] } as const

    expect(describeRemote({ ...bare, describe: () => said })).toBe(said)
  })

  it('says of the four methods alone what they cannot do', () => {
    const { name, coherence, limits } = describeRemote(bare)

    expect([name, coherence]).toEqual(['remote', 'max-staleness'])
    expect(limits).toHaveLength(4)
    expect(limits.join(' ')).toMatch(/no leases.*maxStaleness.*tags.*[Cc]learing/)
  })

  it.each<[keyof RemoteStore, RegExp]>([
    ['lease', /no leases/],
    ['listen', /hear of an invalidation/],
    ['invalidateTags', /Entries with tags/],
    ['clear', /Clearing/],
    ['invalidateMatching', /Clearing/],
  ])('does not say it of a store that has %s', (ability, limit) => {
    const store = { ...bare, [ability]: () => () => {} } as unknown as RemoteStore

    expect(describeRemote(store).limits.some((each) => limit.test(each))).toBe(false)
    expect(describeRemote(store).coherence).toBe(ability === 'listen' ? 'announcements' : 'max-staleness')
  })
})
