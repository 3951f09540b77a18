import { describe, expect, it } from 'vitest'
import { isSince, newPart, withTags } from './memo-part.ts'

describe('a part of the memo', () => {
  it('tells what was revalidated after it was seen from what was before', () => {
    const seen = withTags(newPart(), ['a'])
    const part = withTags(seen, ['b'])

    expect(isSince(seen, part, ['a'])).toBe(true)
    expect(isSince(seen, part, ['b'])).toBe(false)
    expect(isSince(seen, part, ['a', 'b'])).toBe(false)
    expect(isSince(part, part, ['a', 'b', 'c'])).toBe(true)
  })

  it('is not believed of another life', () => {
    const part = newPart()

    expect(isSince(newPart(), part, ['a'])).toBe(false)
    expect(isSince(newPart(), part, [])).toBe(false)
  })

  it('is bounded: what it dropped counts as revalidated with the last of these', () => {
    const seen = newPart()
    let part = withTags(seen, ['first'])
    const early = part
    for (let i = 0; i < 1_000; i++) part = withTags(part, [`tag ${i}`])

    expect(part.tags.size).toBe(1_000)
    expect(isSince(seen, part, ['first'])).toBe(false)
    expect(isSince(seen, part, ['never revalidated'])).toBe(false)
    expect(isSince(early, part, ['first'])).toBe(true)
    expect(isSince(early, part, ['tag 0'])).toBe(false)
  })

  it('keeps a tag that is revalidated again among the most recent', () => {
    let part = withTags(newPart(), ['again', 'once'])
    part = withTags(part, ['other'])
    part = withTags(part, ['again'])

    expect([...part.tags]).toEqual([
      ['again', 3],
      ['other', 2],
      ['once', 1],
    ])
  })
})
