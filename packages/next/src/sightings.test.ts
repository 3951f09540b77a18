import { describe, expect, it } from 'vitest'
import { newPart, withTags } from './memo-part.ts'
import { Sightings } from './sightings.ts'

describe('what was seen of a part', () => {
  it('is what had been seen by then, not what came after', () => {
    const sightings = new Sightings()
    const first = newPart()
    const second = withTags(first, ['a'])
    sightings.add(first, 10)
    sightings.add(second, 20)

    expect(sightings.at(19)).toEqual({ life: first.life, count: 0 })
    expect(sightings.at(20)).toEqual({ life: first.life, count: 1 })
  })

  it('does not go back when an older answer comes late', () => {
    const sightings = new Sightings()
    const first = newPart()
    sightings.add(withTags(first, ['a']), 10)
    sightings.add(first, 20)

    expect(sightings.at(30).count).toBe(1)
  })

  it('is the first look for what was begun before it', () => {
    const sightings = new Sightings()
    const part = newPart()
    sightings.add(part, 10)

    expect(sightings.at(5).life).toBe(part.life)
  })

  it('is nothing that could be believed where it was forgotten', () => {
    const sightings = new Sightings()
    let part = newPart()
    for (let at = 0; at < 100; at++) {
      sightings.add(part, at)
      part = withTags(part, ['a'])
    }

    expect(sightings.at(50)).toEqual({ life: -1, count: -1 })
    expect(sightings.at(99).count).toBe(99)
  })
})
