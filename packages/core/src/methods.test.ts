import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from './errors.ts'
import { checkMethods } from './methods.ts'

const methods = ['get', 'set'] as never
const check = (object: unknown) => (): object => checkMethods('store', object as object, methods, 'Write this.')

describe('checkMethods', () => {
  it('returns what has them, inherited ones too', () => {
    const map = new Map()

    expect(check(map)()).toBe(map)
  })

  it.each([
    ['redis://:pass/word@host:1', 'to be an object with its methods, got "redis://…@host:1". Write this.'],
    [undefined, 'to be an object with its methods, got undefined. Write this.'],
    [() => {}, 'to be an object with its methods, got a function. Write this.'],
    [{}, 'to have get(), set(). Write this.'],
    [{ get() {} }, 'to have set().'],
    [{ get() {}, set: 5 }, 'to have set().'],
  ])('refuses %o, saying what it lacks and what to write', (object, message) => {
    expect(check(object)).toThrow(InvalidOptionError)
    expect(check(object)).toThrow(`Expected \`store\` ${message}`)
    expect(check(object)).toThrow(/(this|\(\))\.$/)
  })
})
