import { describe, expect, it } from 'vitest'
import { parseHttpDate } from './http-date.ts'

const instant = Date.UTC(2026, 10, 8, 8, 49, 37)
const now = Date.UTC(2026, 0, 1)

describe('a date of HTTP', () => {
  it.each([
    'Sun, 08 Nov 2026 08:49:37 GMT',
    'sun, 08 nov 2026 08:49:37 gmt',
    'Sunday, 08-Nov-26 08:49:37 GMT',
    'Sun Nov  8 08:49:37 2026',
    'Sun Nov 08 08:49:37 2026',
  ])('is read in each of its formats: %s', (text) => {
    expect(parseHttpDate(text, now)).toBe(instant)
  })

  it('of two digits lies at most fifty years ahead', () => {
    expect(parseHttpDate('Sunday, 08-Nov-76 08:49:37 GMT', now)).toBe(Date.UTC(2076, 10, 8, 8, 49, 37))
    expect(parseHttpDate('Monday, 08-Nov-77 08:49:37 GMT', now)).toBe(Date.UTC(1977, 10, 8, 8, 49, 37))
  })

  it.each([
    null,
    '',
    '0',
    '2026-11-08T08:49:37Z',
    'Sun, 08 Nov 2026 08:49:37',
    'Sun, 08 Nov 2026 08:49:37 UTC',
    'Sun, 8 Nov 2026 08:49:37 GMT',
    'Sun, 08 Nov 2026 24:49:37 GMT',
    'Sun, 08 Nov 2026 08:60:37 GMT',
    'Sunday, 08-Nov-26 08:49:61 GMT',
  ])('is nothing else: %s', (text) => {
    expect(parseHttpDate(text, now)).toBeUndefined()
  })
})
