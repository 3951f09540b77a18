import { describe, expect, it } from 'vitest'
import { Marks } from './marks.ts'

describe('Marks', () => {
  it('are dirty once their key was invalidated, and no other', () => {
    const marks = new Marks()
    const [a, again, b] = [marks.begin('a'), marks.begin('a'), marks.begin('b')]

    marks.dirty('a')

    expect([a.isDirty, again.isDirty, b.isDirty]).toEqual([true, true, false])
    expect(marks.begin('a').isDirty).toBe(false)
  })

  it('are gone when they end, one by one', () => {
    const marks = new Marks()
    const [first, second, third] = [marks.begin('a'), marks.begin('a'), marks.begin('a')]

    marks.end('a', second)
    marks.dirty('a')
    expect([first.isDirty, second.isDirty, third.isDirty]).toEqual([true, false, true])

    marks.end('a', first)
    marks.end('a', third)
    expect(marks.size).toBe(0)
  })

  it('ignore the end of what is not there', () => {
    const marks = new Marks()
    const mark = marks.begin('a')
    marks.end('b', mark)
    const other = marks.begin('b')
    marks.end('b', mark)
    marks.begin('a')
    marks.end('a', other)

    expect(marks.size).toBe(2)
  })

  it('are made dirty by what matches', () => {
    const marks = new Marks()
    const [a, b] = [marks.begin('user:a'), marks.begin('lead:b')]

    marks.dirtyWhere((key) => key.startsWith('user:'))
    marks.dirty('nothing')

    expect([a.isDirty, b.isDirty]).toEqual([true, false])
  })
})
