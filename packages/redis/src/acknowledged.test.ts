import { fakeClock } from '@holdfast/testing'
import { describe, expect, it } from 'vitest'
import { Acknowledged } from './acknowledged.ts'

const keys = (...names: string[]) => ({ type: 'keys', names }) as const
const tags = (...names: string[]) => ({ type: 'tags', names }) as const

describe('Acknowledged', () => {
  it('gives what was invalidated in the window, each name once', async () => {
    const clock = fakeClock()
    const acknowledged = new Acknowledged(clock, 1_000)
    acknowledged.add(keys('old', 'again'))
    await clock.advance(600)
    acknowledged.add(keys('again', 'new'))
    acknowledged.add(tags('t'))
    await clock.advance(600)

    expect(acknowledged.before(clock.now())).toEqual({ keys: ['again', 'new'], tags: ['t'], all: false })
  })

  it('reaches back from the last contact, however long nobody was there since', async () => {
    const clock = fakeClock()
    const acknowledged = new Acknowledged(clock, 1_000)
    acknowledged.add(keys('a'))
    const lostAt = clock.now()
    await clock.advance(60_000)

    expect(acknowledged.before(lostAt)?.keys).toEqual(['a'])
    expect(acknowledged.before(clock.now())).toBeUndefined()
  })

  it.each([
    ['a pattern', (it: Acknowledged) => it.add({ type: 'pattern', pattern: 'a*' })],
    ['all', (it: Acknowledged) => it.add({ type: 'all' })],
    ['too many', (it: Acknowledged) => it.add(keys(...Array.from({ length: 10_001 }, (_, n) => `key:${n}`)))],
  ])('says everything after %s', (_, invalidate) => {
    const clock = fakeClock()
    const acknowledged = new Acknowledged(clock, 1_000)

    invalidate(acknowledged)

    expect(acknowledged.before(clock.now())?.all).toBe(true)
  })
})
