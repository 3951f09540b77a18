import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from './errors.ts'
import { checkNames } from './option-names.ts'

const known = ['ttl', 'maxEntries', 'maxBytes', 'onAlert', 'port', 'drain']

describe('checkNames', () => {
  it('lets pass what is known', () => {
    expect(() => checkNames('options', { ttl: 1, port: undefined }, known)).not.toThrow()
    expect(() => checkNames('options', {}, known)).not.toThrow()
  })

  it.each([
    ['tll', 'ttl'],
    ['TTL', 'ttl'],
    ['onalert', 'onAlert'],
    ['prot', 'port'],
    ['drian', 'drain'],
    ['drainn', 'drain'],
    ['max', 'maxEntries'],
    ['maxEntreis', 'maxEntries'],
    ['maxByets', 'maxBytes'],
  ])('takes `%s` for `%s`', (name, meant) => {
    const check = (): void => checkNames('options', { [name]: 1 }, known)

    expect(check).toThrow(InvalidOptionError)
    expect(check).toThrow(`Unknown option \`${name}\`. Did you mean \`${meant}\`? Known ones: ${known.join(', ')}.`)
  })

  it.each(['x', 'to', 'colour', 'exit', '', 'maxima'])('guesses nothing for `%s`', (name) => {
    expect(() => checkNames('options', { [name]: 1 }, known)).toThrow(`Unknown option \`${name}\`. Known ones: ttl, `)
  })

  it.each([
    [5, '5'],
    [null, 'null'],
    [undefined, 'undefined'],
    ['redis://user:secret@host/0', '"redis://…@host/0"'],
    [[{}], 'an array'],
    [(): void => {}, 'a function'],
  ])('refuses %o, and shows no password', (options, shown) => {
    expect(() => checkNames('loads', options as never, known)).toThrow(`Expected loads to be an object, got ${shown}.`)
  })
})
