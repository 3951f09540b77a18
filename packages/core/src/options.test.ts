import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from './errors.ts'
import {
  defaultPolicy,
  joinTags,
  mergePolicy,
  parseBoolean,
  parseCount,
  parseTags,
  perCall,
  readOptionNames,
  type ReadOptions,
} from './options.ts'

describe('mergePolicy', () => {
  it('is the very same policy when there are no options', () => {
    expect(mergePolicy(defaultPolicy, undefined)).toBe(defaultPolicy)
    expect(mergePolicy(defaultPolicy, {})).toBe(defaultPolicy)
    expect(mergePolicy(defaultPolicy, { ttl: undefined, grace: undefined })).toBe(defaultPolicy)
  })

  it('parses every option', () => {
    const { signal } = new AbortController()
    const options: ReadOptions = {
      ttl: '1s',
      grace: '2s',
      jitter: 0.5,
      tags: ['a', '@b', 'a'],
      isolation: 'clone',
      skipMemory: true,
      skipRemote: true,
      softTimeout: '0ms',
      timeout: '3s',
      refreshAhead: 1,
      staleIfUnreachable: true,
      fleetSingleFlight: { waitFor: '4s' },
      force: true,
      ungated: true,
      signal,
    }

    expect(mergePolicy(defaultPolicy, options)).toEqual({
      ttlMs: 1_000,
      ttlOf: undefined,
      graceMs: 2_000,
      jitter: 0.5,
      tags: ['a', '@@b'],
      tagsOf: undefined,
      isolation: 'clone',
      skipMemory: true,
      skipRemote: true,
      softTimeoutMs: 0,
      timeoutMs: 3_000,
      refreshAhead: 1,
      staleIfUnreachable: true,
      isFleetWide: true,
      fleetWaitMs: 4_000,
      force: true,
      signal,
      ungated: true,
      isGated: true,
    })
    expect(Object.keys(options).sort()).toEqual([...readOptionNames].sort())
  })

  it('puts inner options on top of outer ones, and leaves those as they were', () => {
    const outer = mergePolicy(defaultPolicy, { ttl: '1m', grace: '1h', force: false })
    const inner = mergePolicy(outer, { ttl: '5s' })

    expect([inner.ttlMs, inner.graceMs]).toEqual([5_000, 3_600_000])
    expect([outer.ttlMs, outer.graceMs]).toEqual([60_000, 3_600_000])
  })

  it('replaces a ttl by a function, and a function by a ttl', () => {
    const ttlOf = () => '1s' as const
    const outer = mergePolicy(defaultPolicy, { ttl: ttlOf })

    expect(outer.ttlOf).toBe(ttlOf)
    expect(mergePolicy(outer, { ttl: '2s' })).toMatchObject({ ttlMs: 2_000, ttlOf: undefined })
  })

  it('adds tags of all levels up, lists and functions', () => {
    const outer = mergePolicy(mergePolicy(defaultPolicy, { tags: ['a'] }), { tags: () => ['x'] })
    const inner = mergePolicy(mergePolicy(outer, { tags: ['b', 'a'] }), { tags: (value: string) => [value] })

    expect(inner.tags).toEqual(['a', 'b'])
    expect(inner.tagsOf?.('y' as never)).toEqual(['x', 'y'])
    expect(outer.tagsOf?.('y' as never)).toEqual(['x'])
  })

  it('refuses a tags function that returns no list, on any level', () => {
    const outer = mergePolicy(defaultPolicy, { tags: () => 'oops' })
    const inner = mergePolicy(outer, { tags: () => ['a'] })

    expect(() => inner.tagsOf?.({} as never)).toThrow(/Expected `tags` to be an array of strings, got "oops"/)
  })

  it.each<[string, unknown, RegExp]>([
    ['ttl', 300, /`ttl` to be a duration .* got 300\. Did you mean '300ms' or '300s'\?/],
    ['grace', '1 hour', /`grace` to be a duration .* got "1 hour"/],
    ['softTimeout', 0, /`softTimeout` to be a duration .* got 0\./],
    ['timeout', {}, /`timeout` to be a duration .* got an object/],
    ['jitter', 2, /`jitter` to be a number from 0 to 1, got 2/],
    ['jitter', '0.5', /`jitter` to be a number from 0 to 1, got "0.5"/],
    ['refreshAhead', -0.1, /`refreshAhead` to be a number from 0 to 1, got -0.1/],
    ['refreshAhead', Number.NaN, /`refreshAhead` to be a number from 0 to 1, got NaN/],
    ['tags', 'team', /`tags` to be an array of strings, got "team"/],
    ['tags', [5], /a tag to be a non-empty string, got 5/],
    ['tags', [''], /a tag to be a non-empty string, got ""/],
    ['tags', Array.from({ length: 201 }, String), /at most 200 tags, got 201/],
    ['isolation', 'copy', /`isolation` to be 'reference', 'freeze' or 'clone', got "copy"/],
    ['skipMemory', 1, /`skipMemory` to be true or false, got 1/],
    ['skipRemote', 'no', /`skipRemote` to be true or false, got "no"/],
    ['staleIfUnreachable', null, /`staleIfUnreachable` to be true or false, got null/],
    ['force', 'yes', /`force` to be true or false, got "yes"/],
    ['signal', {}, /`signal` to be an AbortSignal, got an object/],
    ['signal', new AbortController(), /`signal` to be an AbortSignal, got an object/],
  ])('refuses %s: %o', (name, value, message) => {
    expect(() => mergePolicy(defaultPolicy, { [name]: value })).toThrow(InvalidOptionError)
    expect(() => mergePolicy(defaultPolicy, { [name]: value })).toThrow(message)
  })

  it('refuses what it does not know, and lists what it does', () => {
    expect(() => mergePolicy(defaultPolicy, { tll: '1s' })).toThrow(
      /^Unknown option `tll`\. Did you mean `ttl`\? Known ones: ttl, grace, .*signal\.$/,
    )
    expect(() => mergePolicy(defaultPolicy, { toString: '1s' })).toThrow(/Unknown option `toString`/)
    expect(() => mergePolicy(defaultPolicy, ['ttl'])).toThrow('Expected options to be an object, got an array.')
  })

  it.each([
    ['5m', 'got "5m". Did you mean `{ ttl: \'5m\' }`?'],
    ['5 minutes', "Did you mean `{ ttl: '5m' }`?"],
    [300, "got 300. Did you mean `{ ttl: '300s' }`?"],
    ['soon', 'got "soon".'],
  ])('says where the ttl goes to who writes %o for the options', (options, end) => {
    const merge = (): unknown => mergePolicy(defaultPolicy, options as never)

    expect(merge).toThrow(InvalidOptionError)
    expect(merge).toThrow(new RegExp(`${end.replaceAll(/[.?{}]/g, String.raw`\$&`)}$`))
  })

  it('lets others pass, and lists them too', () => {
    expect(mergePolicy(defaultPolicy, { name: 'shop' }, ['name'])).toBe(defaultPolicy)
    expect(() => mergePolicy(defaultPolicy, { nome: 'shop' }, ['name'])).toThrow(/signal, name\.$/)
  })

  it('refuses what makes sense for a call only', () => {
    expect(() => mergePolicy(defaultPolicy, { force: true }, [], perCall)).toThrow(/Unknown option `force`/)
    expect(() => mergePolicy(defaultPolicy, { signal: undefined, tll: 1 }, [], perCall)).toThrow(
      /fleetSingleFlight, ungated\.$/,
    )
  })

  it.each([null, 5, 'ttl', true])('refuses %o for options', (options) => {
    expect(() => mergePolicy(defaultPolicy, options as never)).toThrow(/Expected options to be an object, got/)
  })

  it('counts the tags of all levels together', () => {
    const many = Array.from({ length: 150 }, (_, index) => `a${index}`)
    const more = Array.from({ length: 51 }, (_, index) => `b${index}`)
    const outer = mergePolicy(defaultPolicy, { tags: many })

    expect(() => mergePolicy(outer, { tags: more })).toThrow(/at most 200 tags, got 201/)
    expect(mergePolicy(outer, { tags: more.slice(1) }).tags).toHaveLength(200)
  })
})

describe('parts', () => {
  it('joins tags, each once', () => {
    const [a, none] = [['a'], [] as string[]]

    expect(joinTags(a, none)).toBe(a)
    expect(joinTags(none, a)).toBe(a)
    expect(joinTags(['a', 'b'], ['b', 'c'])).toEqual(['a', 'b', 'c'])
  })

  it('parses tags, each once, escaped', () => {
    expect(parseTags(['b', '@a', 'b'])).toEqual(['b', '@@a'])
  })

  it('parses counts and booleans', () => {
    expect(parseCount('n', 1)).toBe(1)
    for (const wrong of [0, 1.5, -1, Number.NaN, '1', 2 ** 53])
      expect(() => parseCount('n', wrong as number)).toThrow(/`n` to be a whole number of at least 1, got/)
    expect([parseBoolean('b', true), parseBoolean('b', false)]).toEqual([true, false])
  })
})
