import { describe, expect, it } from 'vitest'
import { parseDuration, show, type Duration } from './duration.ts'
import { InvalidOptionError } from './errors.ts'

describe('parseDuration', () => {
  it.each<[Duration, number]>([
    ['0ms', 0],
    ['250ms', 250],
    ['1.5s', 1_500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['36500d', 3_153_600_000_000],
  ])('takes %s as %d ms', (duration, ms) => {
    expect(parseDuration('ttl', duration)).toBe(ms)
  })

  it.each([
    300,
    '300',
    '-1s',
    '1 s',
    '1S',
    's',
    '',
    '1e3ms',
    '.5s',
    '36501d',
    Number.NaN,
    null,
    undefined,
    {},
    [],
    true,
    5n,
  ])('refuses %o, naming the option and what to write', (duration) => {
    const parse = (): number => parseDuration('ttl', duration as Duration)

    expect(parse).toThrow(InvalidOptionError)
    expect(parse).toThrow(/^Expected `ttl` to be a duration with its unit, such as '250ms', .* got /)
  })

  it('asks whether a bare number was meant as milliseconds or seconds', () => {
    expect(() => parseDuration('ttl', 300 as never)).toThrow(/got 300\. Did you mean '300ms' or '300s'\?$/)
    expect(() => parseDuration('ttl', ' 300 ' as never)).toThrow(/got " 300 "\. Did you mean '300ms' or '300s'\?$/)
    expect(() => parseDuration('ttl', -300 as never)).toThrow(/got -300\.$/)
    expect(() => parseDuration('ttl', Number.POSITIVE_INFINITY as never)).toThrow(/got Infinity\.$/)
    expect(() => parseDuration('ttl', 'soon' as never)).toThrow(/got "soon"\.$/)
  })

  it.each([
    ['5 minutes', '5m'],
    ['5M', '5m'],
    ['1 s', '1s'],
    ['1.5 Hours', '1.5h'],
    ['10sec', '10s'],
    ['20 millis', '20ms'],
    ['2days', '2d'],
    ['1w', '7d'],
    ['2 weeks', '14d'],
  ])('takes %o for %o', (given, meant) => {
    expect(() => parseDuration('ttl', given as never)).toThrow(`got "${given}". Did you mean '${meant}'?`)
    expect(parseDuration('ttl', meant as Duration)).toBeGreaterThan(0)
  })

  it('does not propose what it has just refused', () => {
    expect(() => parseDuration('ttl', '36501d')).toThrow(/got "36501d"\.$/)
  })
})

describe('show', () => {
  it.each([
    ['text', '"text"'],
    ['a\nb', String.raw`"a\nb"`],
    ['x'.repeat(61), `"${'x'.repeat(60)}…"`],
    ['x'.repeat(60), `"${'x'.repeat(60)}"`],
    ['redis://me:secret@host', '"redis://…@host"'],
    ['redis://:pass/wo@rd@host', '"redis://…@host"'],
    [`redis://me:${'secret'.repeat(10)}@host`, '"redis://…@host"'],
    ['me@example.com', '"me@example.com"'],
    [5n, '5n'],
    [5, '5'],
    [undefined, 'undefined'],
    [null, 'null'],
    [show, 'a function'],
    [{ secret: 1 }, 'an object'],
    [[1], 'an array'],
  ])('shows %o as %s', (value, text) => {
    expect(show(value)).toBe(text)
  })
})
