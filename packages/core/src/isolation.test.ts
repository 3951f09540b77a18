import { describe, expect, it } from 'vitest'
import { deepFreeze } from './isolation.ts'

class Account {
  balance = 1
}

describe('deepFreeze', () => {
  it('freezes plain objects and arrays, all the way down', () => {
    const value = { list: [{ deep: { deeper: 1 } }], bare: Object.assign(Object.create(null) as object, { x: 1 }) }

    deepFreeze(value)

    for (const part of [value, value.list, value.list[0], value.list[0]!.deep, value.bare])
      expect(Object.isFrozen(part)).toBe(true)
  })

  it('freezes what is inside of something frozen', () => {
    const value = Object.freeze({ inner: { x: 1 } })

    deepFreeze(value)

    expect(Object.isFrozen(value.inner)).toBe(true)
  })

  it('leaves alone what has behaviour of its own', () => {
    const value = {
      account: new Account(),
      map: new Map([['key', {}]]),
      set: new Set(),
      date: new Date(),
      bytes: new Uint8Array(2),
      buffer: Buffer.from('x'),
    }

    deepFreeze(value)

    for (const part of Object.values(value)) expect(Object.isFrozen(part)).toBe(false)
    expect(() => value.bytes.fill(1)).not.toThrow()
  })

  it('ends for what contains itself, and for what is very deep', () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    let deep: Record<string, unknown> = {}
    const innermost = deep
    for (let depth = 0; depth < 100_000; depth++) deep = { deep }

    deepFreeze(cycle)
    deepFreeze(deep)

    expect(Object.isFrozen(cycle)).toBe(true)
    expect(Object.isFrozen(innermost)).toBe(true)
  })

  it('survives a getter that throws', () => {
    const value = {
      inner: {
        get broken(): never {
          throw new Error('broken')
        },
      },
    }

    deepFreeze(value)

    expect(Object.isFrozen(value.inner)).toBe(true)
  })

  it.each([1, 'text', null, undefined, 5n, Symbol('s'), (): void => {}])('takes %o', (value) => {
    expect(() => deepFreeze(value)).not.toThrow()
  })
})
