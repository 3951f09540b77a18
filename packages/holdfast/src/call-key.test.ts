import { describe, expect, it } from 'vitest'
import { textOfArguments } from './call-key.ts'

function text(...args: readonly unknown[]): string {
  const derived = textOfArguments(args)
  if (derived.type === 'none') throw new Error(derived.why)
  return derived.text
}

describe('textOfArguments', () => {
  it('is the same whatever the order of fields', () => {
    expect(text({ a: 1, b: { c: 2, d: 3 } })).toBe(text({ b: { d: 3, c: 2 }, a: 1 }))
  })

  it('tells apart what differs', () => {
    const texts = [
      text(1),
      text('1'),
      text(1n),
      text(true),
      text('true'),
      text(null),
      text(undefined),
      text(),
      text(0),
      text(-0),
      text(Number.NaN),
      text([1, 2]),
      text(1, 2),
      text([[1], 2]),
      text({}),
      text({ a: undefined }),
      text({ a: null }),
      text([]),
      text([undefined]),
      text(new Date(0)),
      text(new Date(1)),
      text(new Map([['a', 1]])),
      text(new Set(['a'])),
      text(new URL('https://a.example/')),
      text('https://a.example/'),
      text(new Uint8Array([1])),
      text(new Uint8Array([2])),
      text('a","b'),
      text('a', 'b'),
      text('x'.repeat(1_000)),
      text('y'.repeat(1_000)),
    ]

    expect(new Set(texts).size).toBe(texts.length)
  })

  it('stays short', () => {
    expect(text('x'.repeat(100_000)).length).toBeLessThan(301)
  })

  it('sorts a query by name only', () => {
    expect(text(new URLSearchParams('b=2&a=1'))).toBe(text(new URLSearchParams('a=1&b=2')))
    expect(text(new URLSearchParams('a=1&a=2'))).not.toBe(text(new URLSearchParams('a=2&a=1')))
  })

  it.each([
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    [
      'an instance',
      new (class Tenant {
        id = 1
      })(),
    ],
    [
      'an instance in a field',
      {
        user: new (class User {
          id = 1
        })(),
      },
    ],
    ['a promise', Promise.resolve(1)],
    ['an abort signal', new AbortController().signal],
  ])('has no text for %s, and says where it is', (_, arg) => {
    const derived = textOfArguments(['fine', arg])

    expect(derived).toEqual({ type: 'none', why: expect.stringContaining('argument 2 ') })
  })

  it('has no text for what holds itself', () => {
    const loop: Record<string, unknown> = {}
    loop['self'] = loop

    expect(textOfArguments([loop]).type).toBe('none')
  })
})
