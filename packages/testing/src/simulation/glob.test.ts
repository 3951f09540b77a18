import { describe, expect, it } from 'vitest'
import { globMatches } from './glob.ts'

describe('globMatches', () => {
  it.each([
    ['*', '', true],
    ['a*', 'abc', true],
    ['a*c', 'abbc', true],
    ['a*c', 'abcd', false],
    ['*a*b*', 'xxaxxbxx', true],
    ['h?llo', 'hello', true],
    ['h?llo', 'hllo', false],
    ['h[ae]llo', 'hallo', true],
    ['h[^e]llo', 'hello', false],
    ['h[a-c]llo', 'hbllo', true],
    [String.raw`a\*`, 'a*', true],
    [String.raw`a\*`, 'ab', false],
    [String.raw`[\]]`, ']', true],
    ['user:*', 'user:1', true],
    ['user:*', 'users:1', false],
    ['**', 'x', true],
    ['', '', true],
    ['', 'x', false],
  ])('%j on %j is %j', (pattern, text, isMatch) => {
    expect(globMatches(pattern, text)).toBe(isMatch)
  })
})
