import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from './errors.ts'
import {
  checkNamespace,
  globMatcher,
  isMarked,
  isNamespaceTag,
  namespacePrefix,
  namespaceTags,
  nestedNamespace,
  splitKey,
  userKey,
  wholeKey,
  wholePatterns,
  wholeTag,
} from './keys.ts'

describe('whole keys', () => {
  it.each([
    ['', 'user:1', 'user:1'],
    ['', '@user', '@@user'],
    ['', '~user', '~~user'],
    ['', '@@user', '@@@user'],
    ['', 'a@b', 'a@b'],
    ['session', 'a', '@session:a'],
    ['session', '@a', '@session:@a'],
    ['shop/cart', 'a:b', '@shop/cart:a:b'],
  ])('of namespace %j and key %j is %j, and back', (namespace, key, whole) => {
    expect(wholeKey(namespace, key)).toBe(whole)
    expect(userKey(namespace, whole)).toBe(key)
    expect(splitKey(whole)).toEqual({ namespace, key })
  })

  it('of the cache and of namespaces never meet', () => {
    expect(wholeKey('', '@session:a')).not.toBe(wholeKey('session', 'a'))
  })

  it.each([
    ['', /non-empty string, got ""/],
    [undefined, /non-empty string, got undefined/],
    [5, /non-empty string, got 5/],
    ['é'.repeat(8_193), /at most 16 KB, got 16386 bytes/],
    ['\ud800', /without lone surrogates/],
    ['a\udc00b', /without lone surrogates/],
  ])('refuse the key %j', (key, message) => {
    expect(() => wholeKey('', key as string)).toThrow(InvalidOptionError)
    expect(() => wholeKey('', key as string)).toThrow(message)
  })

  it('may be as long as 16 KB, and hold any character that UTF-8 can', () => {
    expect(wholeKey('', 'é'.repeat(8_192))).toHaveLength(8_192)
    expect(wholeKey('', '\ud83d\ude00 \0\n')).toBe('😀 \0\n')
  })
})

describe('tags', () => {
  it('are escaped like keys', () => {
    expect(['team:7', '@team', '~team'].map(wholeTag)).toEqual(['team:7', '@@team', '~~team'])
    expect(() => wholeTag('')).toThrow(/a tag to be a non-empty string/)
  })

  it('of a namespace are one for each it is nested in, the outermost first', () => {
    expect(namespaceTags('')).toEqual([])
    expect(namespaceTags('a')).toEqual(['@a'])
    expect(namespaceTags('a/b/c')).toEqual(['@a', '@a/b', '@a/b/c'])
  })

  it('of a namespace are told from the user’s own', () => {
    expect(['@a', '@@a', '~a', 'a', ''].map(isNamespaceTag)).toEqual([true, false, false, false, false])
  })
})

describe('namespaces', () => {
  it.each(['', 'a:b', '@a', '~a', '/a', 'a/', 'a//b'])('refuse the name %j', (name) => {
    expect(() => checkNamespace(name)).toThrow(InvalidOptionError)
  })

  it('nest with a slash, 32 deep at most', () => {
    const deep = Array.from({ length: 32 }, () => 'n').join('/')

    expect(nestedNamespace('', 'a')).toBe('a')
    expect(nestedNamespace('a', 'b/c')).toBe('a/b/c')
    expect(nestedNamespace('', deep)).toBe(deep)
    expect(() => nestedNamespace(deep, 'more')).toThrow(/at most 32 deep/)
  })

  it('prefix their keys', () => {
    expect(namespacePrefix('')).toBe('')
    expect(namespacePrefix('a/b')).toBe('@a/b:')
  })
})

describe('isMarked', () => {
  it('is true of what begins as nothing of a user’s own does', () => {
    expect(['@', '~a', 'a@', ' ~', ''].map(isMarked)).toEqual([true, true, false, false, false])
  })
})

describe('globMatcher', () => {
  it.each([
    ['user:*', ['user:', 'user:1', 'user:1:2'], ['User:1', 'xuser:1']],
    ['*', ['', 'a', '@session:a', 'a\nb'], []],
    ['a?c', ['abc', 'a?c', 'a😀c'], ['ac', 'abbc']],
    ['*leads*', ['leads', 'my-leads', 'leads:7'], ['lead']],
    ['a*b*c', ['abc', 'a-b-c', 'abbcc', 'abcbc'], ['acb', 'ab']],
    ['a**b', ['ab', 'axb'], ['a']],
    [String.raw`a\*b`, ['a*b'], ['ab', 'axb']],
    [String.raw`a\?`, ['a?'], ['ab']],
    [String.raw`a\\b`, [String.raw`a\b`], ['ab']],
    [String.raw`a\\*`, [String.raw`a\bc`], ['abc']],
    ['a\\', ['a\\'], ['a']],
    ['user-1.x(y)[z]{1}|$^+/', ['user-1.x(y)[z]{1}|$^+/'], ['user-1xx(y)[z]{1}|$^+/']],
    ['[ab]', ['[ab]'], ['a']],
    ['?', ['a', '😀'], ['', 'ab']],
    ['', [''], ['a']],
    ['ab', ['ab'], ['a', 'abc']],
    ['*b', ['b', 'ab', 'bb'], ['ba', '']],
    ['*😀', ['😀', 'a😀'], ['a']],
  ])('%j matches %j and not %j', (pattern, matching, others) => {
    const matches = globMatcher(pattern)

    expect(matching.filter((name) => !matches(name))).toEqual([])
    expect(others.filter(matches)).toEqual([])
  })

  it('takes no longer than the product of the lengths, however many stars there are', () => {
    // With backtracking into every star this would not end.
    const matches = globMatcher(`${'*a'.repeat(40)}*b`)

    expect(matches('a'.repeat(2_000))).toBe(false)
    expect(matches(`${'a'.repeat(2_000)}b`)).toBe(true)
  })
})

describe('wholePatterns', () => {
  it('reaches the keys of a namespace only, whatever its name', () => {
    const matches = globMatcher(wholePatterns(String.raw`a*?\b`, 'x*')[0]!)

    expect(matches(wholeKey(String.raw`a*?\b`, 'x1'))).toBe(true)
    expect(matches(wholeKey(String.raw`aaa\b`, 'x1'))).toBe(false)
  })

  it('of the cache is escaped like a key, and reaches namespaces when it begins with a star', () => {
    expect(globMatcher(wholePatterns('', '@a*')[0]!)(wholeKey('', '@abc'))).toBe(true)
    expect(globMatcher(wholePatterns('', '@a*')[0]!)(wholeKey('a', 'b'))).toBe(false)
    expect(globMatcher(wholePatterns('', '*')[0]!)(wholeKey('a', 'b'))).toBe(true)
    expect(() => wholePatterns('', '')).toThrow(/a pattern to be a non-empty string/)
  })

  it('of the cache meets keys that begin with what is escaped, however it names them', () => {
    for (const pattern of ['@a', String.raw`\@a`, '?a', '[@]a'])
      expect([pattern, wholePatterns('', pattern).some((each) => globMatcher(each)(wholeKey('', '@a')))]).toEqual([
        pattern,
        pattern !== '[@]a',
      ])
    expect(wholePatterns('', '?a')).toEqual(['?a', '@@a', '~~a'])
    expect(wholePatterns('', String.raw`\~a`)).toEqual(['~~a'])
    expect(wholePatterns('', String.raw`\*a`)).toEqual([String.raw`\*a`])
  })
})
