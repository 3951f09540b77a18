import { describe, expect, it } from 'vitest'
import { Head } from '../../src/head.ts'
import { asStored, makeStored, type Stored } from '../../src/stored.ts'
import { openSite, said } from '../web.ts'

const rest = {
  lifetimeMs: 1,
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
  mustRevalidate: false,
  isExplicit: true,
  generation: 'g',
  vary: ['accept'],
  selected: '',
  initialAgeMs: 0,
  isPublic: true,
}
const whole = makeStored(new Head(200, 'OK', [['etag', '"v1"']]), new Uint8Array(3), rest, [], 0)

/** As it is read from a store: another object. */
const read = (parts: object): unknown => ({ ...whole, ...parts })

describe('what was read from a store', () => {
  it('is a stored response when it has all its parts', () => {
    expect(asStored(read({}))).toEqual(whole)
  })

  it.each<[keyof Stored, unknown]>([
    ['kind', 'holdfast/http/2'],
    ['status', 1_000],
    ['statusText', 'two\nlines'],
    ['fields', [['a b', 'c']]],
    ['fields', [['etag', 'two\r\nlines']]],
    ['fields', undefined],
    ['body', 'text'],
    ['generation', 7],
    ['vary', ['a b']],
    ['vary', undefined],
    ['selected', null],
    ['initialAgeMs', Number.NaN],
    ['lifetimeMs', '60000'],
    ['staleIfErrorMs', -1],
    ['staleWhileRevalidateMs', undefined],
    ['mustRevalidate', 1],
    ['isExplicit', undefined],
    ['isPublic', 'false'],
  ])('is none with another %s: %j', (part, value) => {
    expect(asStored(read({ [part]: value }))).toBeUndefined()
  })

  it.each([undefined, null, 'text', [], {}])('is none when it is %j', (value) => {
    expect(asStored(value)).toBeUndefined()
  })
})

describe('a response whose Vary cannot be understood', () => {
  it('is answered, and not stored', async () => {
    const site = openSite({}, () => said('max-age=60', 'body', { vary: 'accept encoding' }))

    expect(await (await site.get('/')).text()).toBe('body')
    expect(await (await site.get('/')).text()).toBe('body')
    expect(site.seen).toHaveLength(2)
  })
})
