import { describe, expect, it } from 'vitest'
import { now } from './moment.ts'
import { Renders } from './renders.ts'

describe('renders under way', () => {
  it('began at the first look since the last ended', async () => {
    const renders = new Renders()
    const before = now()
    renders.begin('page')
    await new Promise((resolve) => setTimeout(resolve, 5))
    const after = now()
    renders.begin('page')

    const begun = renders.end('page')

    expect(begun).toBeGreaterThanOrEqual(before)
    expect(begun).toBeLessThan(after)
    expect(renders.end('page')).toBeGreaterThanOrEqual(after)
  })

  it('are bounded', () => {
    const renders = new Renders()
    renders.begin('first')
    for (let i = 0; i < 10_000; i++) renders.begin(`page ${i}`)
    const forgotten = now()

    expect(renders.end('first')).toBeGreaterThanOrEqual(forgotten)
    expect(renders.end('page 5')).toBeLessThan(forgotten)
  })
})
