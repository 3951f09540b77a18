import { testSerializer } from '@holdfast/testing'
import { describe, expect, it } from 'vitest'
import { SerializationError } from './errors.ts'
import { json } from './json.ts'

testSerializer({ open: () => json() })

// What is written today is read by the processes of tomorrow, and of yesterday: the text is a promise.
describe('the text of json', () => {
  const serialize = (value: unknown): Uint8Array => json().serialize(value)
  const deserialize = (bytes: Uint8Array): unknown => json().deserialize(bytes)
  const textOf = (value: unknown): string => Buffer.from(serialize(value)).toString()
  const bytesOf = (text: string): Uint8Array => Buffer.from(text)

  it.each<[string, unknown]>([
    ['{"a":[1,"x",true,null]}', { a: [1, 'x', true, null] }],
    ['{"$undefined":1}', undefined],
    ['{"$number":"-0"}', -0],
    ['{"$number":"NaN"}', Number.NaN],
    ['{"$number":"-Infinity"}', Number.NEGATIVE_INFINITY],
    ['{"$bigint":"ff"}', 255n],
    ['{"$bigint":"-ff"}', -255n],
    ['{"$date":5}', new Date(5)],
    ['{"$map":["a",1]}', new Map([['a', 1]])],
    ['{"$set":["a"]}', new Set(['a'])],
    ['{"$url":"https://a.b/"}', new URL('https://a.b')],
    ['{"$regexp":["a+","gi",0]}', /a+/gi],
    ['{"$bytes":["Buffer","AQI="]}', Buffer.from([1, 2])],
    ['{"$bytes":["ArrayBuffer","AQI="]}', new Uint8Array([1, 2]).buffer],
    ['{"$bytes":["DataView","AQI="]}', new DataView(new Uint8Array([1, 2]).buffer)],
    ['{"$bytes":["Uint8Array","AQI="]}', new Uint8Array([1, 2])],
    ['{"$bytes":["Int8Array","AQI="]}', new Int8Array([1, 2])],
    ['{"$bytes":["Uint8ClampedArray","AQI="]}', new Uint8ClampedArray([1, 2])],
    ['{"$bytes":["Uint16Array","AQI="]}', new Uint16Array([513])],
    ['{"$bytes":["Int16Array","AQI="]}', new Int16Array([513])],
    ['{"$bytes":["Uint32Array","AQIAAA=="]}', new Uint32Array([513])],
    ['{"$bytes":["Int32Array","AQIAAA=="]}', new Int32Array([513])],
    ['{"$bytes":["Float32Array","AACAPw=="]}', new Float32Array([1])],
    ['{"$bytes":["Float64Array","AAAAAAAA8D8="]}', new Float64Array([1])],
    ['{"$bytes":["BigInt64Array","AQAAAAAAAAA="]}', new BigInt64Array([1n])],
    ['{"$bytes":["BigUint64Array","AQAAAAAAAAA="]}', new BigUint64Array([1n])],
    ['{"$error":["Error","message","gone"]}', new Error('gone')],
    ['{"$error":["EvalError","message","gone"]}', new EvalError('gone')],
    ['{"$error":["RangeError","message","gone"]}', new RangeError('gone')],
    ['{"$error":["ReferenceError","message","gone"]}', new ReferenceError('gone')],
    ['{"$error":["SyntaxError","message","gone"]}', new SyntaxError('gone')],
    ['{"$error":["TypeError","message","gone"]}', new TypeError('gone')],
    ['{"$error":["URIError","message","gone"]}', new URIError('gone')],
    ['{"$error":["AggregateError","message","all","errors",[1]]}', new AggregateError([1], 'all')],
    ['{"$$a":1,"b":{"$undefined":1}}', { $a: 1, b: undefined }],
    // oxlint-disable-next-line no-sparse-arrays
    ['{"$sparse":[2,1,"x"]}', [, 'x']],
  ])('is %s', (text, value) => {
    expect(textOf(value)).toBe(text)
    expect(deserialize(bytesOf(text))).toEqual(value)
  })

  it.each([
    ['{"$new":1}', 'a tag that is unknown'],
    ['{"$map":1}', 'a tag without its list'],
    ['{"$url":1}', 'a tag without its text'],
    ['{"$date":"x"}', 'a tag without its number'],
    ['{"$bytes":["Uint7Array","AQI="]}', 'a kind that this version of Node does not know'],
    ['{"$error":["NoError"]}', 'an unknown class'],
    ['{"$sparse":[2,2,"x"]}', 'an array with a wrong index'],
    ['{"$sparse":[-1]}', 'an array with a wrong index'],
    ['{"a":', 'not those of a value'],
  ])('that is %s is refused, saying why', (text, why) => {
    const read = (): unknown => deserialize(bytesOf(text))

    expect(read).toThrow(SerializationError)
    expect(read).toThrow(why)
  })

  it('of an error is read as one whose stack says its name and message, and hides them as every error does', () => {
    const read = (value: Error): Error => deserialize(serialize(value)) as Error

    const back = read(Object.assign(new TypeError('gone'), { code: 'E1' }))

    expect(back.stack).toBe('TypeError: gone')
    expect(Object.keys(back)).toEqual(['code'])
    back.message = 'changed'
    expect(back.message).toBe('changed')
    back.stack = 'moved'
    expect(back.stack).toBe('moved')
    expect(read(new TypeError()).stack).toBe('TypeError')
  })

  it('has the name of an error that gets it from its class', () => {
    class QuotaError extends Error {
      override get name(): string {
        return 'QuotaError'
      }
    }

    const back = deserialize(serialize(new QuotaError('full'))) as Error

    expect([back.name, back.message]).toEqual(['QuotaError', 'full'])
    expect(back.stack).toBe('QuotaError: full')
  })

  it('leaves out where an error was thrown, though somebody made that a field', () => {
    const error = new Error('gone')
    Object.defineProperty(error, 'stack', { value: 'at /home/ada/secret.ts', enumerable: true })

    expect(textOf(error)).toBe('{"$error":["Error","message","gone"]}')
  })
})
