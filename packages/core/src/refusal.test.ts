import { describe, expect, it } from 'vitest'
import { SerializationError } from './errors.ts'
import { json } from './json.ts'
import { refusal } from './refusal.ts'

class Point {
  readonly x = 1
}
const nameless = (() =>
  class {
    readonly x = 1
  })()
const bad = (): void => {}
const cyclic: Record<string, unknown> = {}
cyclic['self'] = cyclic
const cause = Object.assign(new Error('outer'), { cause: { fn: bad } })
const nested = Array.from({ length: 40 }).reduce<unknown>((inside) => ({ a: inside }), bad)

describe('what json refuses', () => {
  const serialize = (value: unknown): unknown => json().serialize(value)
  const messageOf = (value: unknown): string => {
    try {
      serialize(value)
      return ''
    } catch (error) {
      expect(error).toBeInstanceOf(SerializationError)
      return (error as Error).message
    }
  }
  const aFunction = 'A function cannot be serialized.'

  it.each<[string, unknown, string]>([
    ['by itself', bad, aFunction],
    ['in a field', { user: { greet: bad } }, `${aFunction} It is at \`user.greet\`.`],
    ['in a list', { friends: [1, { greet: bad }] }, `${aFunction} It is at \`friends[1].greet\`.`],
    ['in a list by itself', [bad], `${aFunction} It is at \`[0]\`.`],
    ['in a field with a strange name', { a: { 'b c': bad } }, `${aFunction} It is at \`a["b c"]\`.`],
    ['in a field whose name begins strangely', { '1a': bad }, `${aFunction} It is at \`["1a"]\`.`],
    ['in a field with a name of letters', { größe_$1: bad }, `${aFunction} It is at \`größe_$1\`.`],
    ['in a map', { map: new Map([['secret', bad]]) }, `${aFunction} It is at \`map.values()\`.`],
    ['as a key of a map', new Map([[bad, 1]]), `${aFunction} It is at \`keys()\`.`],
    ['in a set', { set: new Set([1, bad]) }, `${aFunction} It is at \`set.values()\`.`],
    ['as an error’s cause', cause, `${aFunction} It is at \`cause.fn\`.`],
    ['as one of several errors', new AggregateError([bad]), `${aFunction} It is at \`errors[0]\`.`],
    ['as an error’s own field', Object.assign(new Error('x'), { own: bad }), `${aFunction} It is at \`own\`.`],
    ['of another type', { big: Symbol('s') }, 'A symbol cannot be serialized. It is at `big`.'],
    ['because it contains itself', cyclic, 'A value that contains itself cannot be serialized. It is at `self`.'],
    [
      'because of its class',
      { at: new Point() },
      'An instance of Point would not come back as one: cache its plain data instead. It is at `at`.',
    ],
    [
      'because of a class without a name',
      [new nameless()],
      'An instance of a class would not come back as one: cache its plain data instead. It is at `[0]`.',
    ],
    [
      'because of a prototype without a class',
      [Object.create({ constructor: 'text' })],
      'An instance of a class would not come back as one: cache its plain data instead. It is at `[0]`.',
    ],
    [
      'because of a field that would be lost',
      { d: Object.assign(new Date(0), { a: 1 }) },
      'A field on a Date would be lost. It is at `d`.',
    ],
    [
      'because it would not stay resizable',
      { b: new ArrayBuffer(1, { maxByteLength: 2 }) },
      'A resizable ArrayBuffer would come back as a fixed one. It is at `b`.',
    ],
    ['too far inside to follow', nested, `${aFunction} It is at \`a${'.a'.repeat(31)}…\`.`],
  ])('%s, says why and where', (_, value, message) => {
    expect(messageOf(value)).toBe(message)
  })

  it('because reading it throws, has that as its cause', () => {
    const failure = new Error('getter')
    const value = {
      a: {
        get b(): never {
          throw failure
        },
      },
    }

    expect(() => serialize(value)).toThrow(
      new SerializationError('The value could not be read. It is at `a.b`.', { cause: failure }),
    )
  })
})

describe('refusal', () => {
  it('says no place where it finds none', () => {
    const error = new SerializationError('Refused.')

    expect(refusal(error, { a: 1 }, () => undefined).message).toBe('Refused.')
    expect(refusal(new Error('other'), 5, () => undefined)).toMatchObject({
      message: 'The value could not be read.',
      cause: new Error('other'),
    })
  })

  it('does not look into bytes, one by one', () => {
    let calls = 0
    const error = new SerializationError('Refused.')

    refusal(error, new Uint8Array(100), () => calls++)

    expect(calls).toBe(0)
  })
})
