import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseByteSize, type ByteSize } from '../../src/byte-size.ts'
import { parseDuration, type Duration } from '../../src/duration.ts'
import { InvalidOptionError } from '../../src/errors.ts'
import {
  checkNamespace,
  globMatcher,
  splitKey,
  userKey,
  userTag,
  wholeKey,
  wholePatterns,
  wholeTag,
} from '../../src/keys.ts'

const runs = { numRuns: 3_000 }

/** Few characters, so that patterns match often, and all that mean something here. */
const char = fc.constantFrom('a', 'b', '@', '~', ':', '/', '*', '?', '\\', '[', ']', '😀', '\n')
const short = fc.string({ unit: char, maxLength: 8 })
const name = fc.string({ unit: char, minLength: 1, maxLength: 8 })
const anything = fc.oneof(fc.string({ unit: 'binary', maxLength: 50 }), fc.anything())
const namespace = name.filter((each) => takes(() => checkNamespace(each)))

/** Whether it is taken; what is refused is refused by the error that is documented. */
function takes(parse: () => unknown): boolean {
  try {
    parse()
    return true
  } catch (error) {
    if (error instanceof InvalidOptionError) return false
    throw error
  }
}

/** What a glob means, by its definition: slow, and plain. */
function matchesSlowly([first, ...rest]: readonly string[], text: readonly string[]): boolean {
  if (first === undefined) return text.length === 0
  if (first === '*')
    return matchesSlowly(rest, text) || (text.length > 0 && matchesSlowly([first, ...rest], text.slice(1)))
  if (text.length === 0) return false
  if (first === '?') return matchesSlowly(rest, text.slice(1))
  const isEscaped = first === '\\' && rest.length > 0
  const [expected, after] = isEscaped ? [rest[0], rest.slice(1)] : [first, rest]
  return text[0] === expected && matchesSlowly(after, text.slice(1))
}

const isMatch = (pattern: string, key: string): boolean => matchesSlowly(Array.from(pattern), Array.from(key))

describe('a glob', () => {
  it('matches what its definition says', () => {
    fc.assert(
      fc.property(short, short, (pattern, key) => {
        expect(globMatcher(pattern)(key)).toBe(isMatch(pattern, key))
      }),
      runs,
    )
  })

  it('of literal text matches that text alone', () => {
    fc.assert(
      fc.property(short, short, (text, other) => {
        const matches = globMatcher(text.replaceAll(/[*?\\]/g, String.raw`\$&`))
        expect([matches(text), matches(other)]).toEqual([true, other === text])
      }),
      runs,
    )
  })

  it('meets the keys of a namespace that it matches, and no others', () => {
    fc.assert(
      fc.property(namespace, name, name, (space, pattern, key) => {
        const meets = wholePatterns(space, pattern).some((each) => globMatcher(each)(wholeKey(space, key)))
        expect(meets).toBe(isMatch(pattern, key))
      }),
      runs,
    )
  })

  it('of the cache meets every key of its own that it matches, escaped or not', () => {
    fc.assert(
      fc.property(name, name, (pattern, key) => {
        const meets = wholePatterns('', pattern).some((each) => globMatcher(each)(wholeKey('', key)))
        // What stands for any character first may meet what escaping put before a key, too.
        const mayMeetMore = /^[*?]/.test(pattern)
        expect(meets || mayMeetMore).toBe(isMatch(pattern, key) || mayMeetMore)
        expect(meets || !isMatch(pattern, key)).toBe(true)
      }),
      runs,
    )
  })

  it('takes a number of steps that is the product of the lengths at most', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('*', '*a', '*?', 'a*', '*aa*'), { minLength: 50, maxLength: 200 }),
        (parts) => {
          // With backtracking into every star this would not end.
          expect(globMatcher(`${parts.join('')}b`)('a'.repeat(3_000))).toBe(false)
        },
      ),
      { numRuns: 30 },
    )
  })
})

describe('a key', () => {
  it('is taken and given back, or refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant(''), namespace), fc.oneof(name, anything), (space, key) => {
        if (!takes(() => wholeKey(space, key as string))) return
        const whole = wholeKey(space, key as string)
        expect(userKey(space, whole)).toBe(key)
        expect(splitKey(whole)).toEqual({ namespace: space, key })
        expect(Buffer.from(whole).toString()).toBe(whole)
      }),
      runs,
    )
  })

  it('is another one in another namespace, and for another text', () => {
    const key = fc.tuple(fc.oneof(fc.constant(''), namespace), name)
    fc.assert(
      fc.property(key, key, ([space, one], [otherSpace, other]) => {
        expect(wholeKey(space, one) === wholeKey(otherSpace, other)).toBe(space === otherSpace && one === other)
      }),
      runs,
    )
  })

  it('that is a tag is given back too, and is never the tag of a namespace', () => {
    fc.assert(
      fc.property(fc.oneof(name, anything), (tag) => {
        if (!takes(() => wholeTag(tag as string))) return
        const whole = wholeTag(tag as string)
        expect(userTag(whole)).toBe(tag)
        expect(/^@(?!@)/.test(whole)).toBe(false)
      }),
      runs,
    )
  })
})

describe('a length of time', () => {
  const written = fc.tuple(
    fc.oneof(
      fc.string({ unit: fc.constantFrom('0', '1', '9', '.', '-', 'e', ' '), maxLength: 12 }),
      fc.double().map(String),
    ),
    fc.constantFrom('ms', 's', 'm', 'h', 'd', 'S', '', 'w'),
  )

  it('is milliseconds from 0 to 100 years, or refused', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          written.map((parts) => parts.join('')),
          anything,
        ),
        (duration) => {
          if (!takes(() => parseDuration('ttl', duration as Duration))) return
          const ms = parseDuration('ttl', duration as Duration)
          expect(ms >= 0 && ms <= 100 * 365 * 86_400_000).toBe(true)
          expect(duration).toMatch(/^\d+(?:\.\d+)?(?:ms|s|m|h|d)$/)
        },
      ),
      runs,
    )
  })

  it('of milliseconds is that number', () => {
    fc.assert(
      fc.property(fc.nat(), (ms) => {
        expect(parseDuration('ttl', `${ms}ms`)).toBe(ms)
      }),
      runs,
    )
  })
})

describe('a size', () => {
  const written = fc.tuple(
    fc.string({ unit: fc.constantFrom('0', '1', '9', '.', '-', 'e', ' '), maxLength: 12 }),
    fc.constantFrom('b', 'kb', 'MB', 'gb', 'tb', ''),
  )

  it('is a positive whole number of bytes, or refused', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          written.map((parts) => parts.join('')),
          fc.double(),
          anything,
        ),
        (size) => {
          if (!takes(() => parseByteSize('maxBytes', size as ByteSize))) return
          const bytes = parseByteSize('maxBytes', size as ByteSize)
          expect(Number.isSafeInteger(bytes) && bytes > 0).toBe(true)
        },
      ),
      runs,
    )
  })
})
