import { describe, expect, it } from 'vitest'
import { findCapacity, type Trial } from './search.ts'

function limitAt(limit: number): (rate: number) => Promise<Trial> {
  return (rate) => Promise.resolve(rate <= limit ? 'held' : 'broken')
}

describe('findCapacity', () => {
  it.each([3, 70, 100, 999, 12_345])('closes in on a limit of %i', async (limit) => {
    const { held, broken } = await findCapacity(limitAt(limit), { startRate: 50 })

    expect(held).toBeLessThanOrEqual(limit)
    expect(broken).toBeGreaterThan(limit)
    expect(broken / held).toBeLessThanOrEqual(1.1)
  })

  it('lowers what does not hold again', async () => {
    let looks = 0
    const moody = (rate: number): Promise<Trial> =>
      Promise.resolve(rate <= 100 && (rate < 60 || ++looks < 3) ? 'held' : 'broken')

    const { held } = await findCapacity(moody, { startRate: 50 })

    expect(held).toBeLessThan(60)
  })

  it('does not take a late generator for a broken server', async () => {
    const late = (rate: number): Promise<Trial> => Promise.resolve(rate <= 400 ? 'held' : 'late')

    expect(await findCapacity(late, { startRate: 50 })).toMatchObject({ held: 400, broken: Number.POSITIVE_INFINITY })
  })

  it('finds nothing where nothing holds', async () => {
    expect(await findCapacity(limitAt(0), { startRate: 8 })).toMatchObject({ held: 0, broken: 1 })
  })
})
