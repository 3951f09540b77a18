import { InvalidOptionError, parseDuration } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { toDuration, toSeconds } from './seconds.ts'

describe('toDuration', () => {
  it.each([
    [300, 300_000],
    [0, 0],
    [0.25, 250],
    [1e-9, 0],
    ['250ms', 250],
    ['5m', 300_000],
  ] as const)('takes %s as %d ms', (time, ms) => {
    expect(parseDuration('ttl', toDuration('ttl', time))).toBe(ms)
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %s', (time) => {
    expect(() => toDuration('ttl', time)).toThrow(InvalidOptionError)
  })
})

it('shows milliseconds as seconds', () => {
  expect(toSeconds(1_234.56)).toBe(1.235)
})
