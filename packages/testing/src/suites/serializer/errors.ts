import { expect } from 'vitest'
import { roundTrip } from './round-trip.ts'
import type { SerializerCase } from './subject.ts'

class QuotaError extends Error {
  override readonly name = 'QuotaError'
}

/** Errors come back with what they say; a class of the application's own becomes an `Error` of its name. */
export const errorCases: readonly SerializerCase[] = [
  {
    name: 'errors > keeps message, name and built-in class',
    run: (serializer) => {
      const classes = [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError]
      for (const type of classes) {
        const back = roundTrip(serializer, { error: new type('why') }) as { error: Error }

        expect(back.error).toBeInstanceOf(type)
        expect([back.error.name, back.error.message]).toEqual([type.name, 'why'])
      }
    },
  },
  {
    name: 'errors > keeps the cause, whatever it is, and leaves an absent one absent',
    run: (serializer) => {
      const error = new Error('outer', { cause: new TypeError('inner', { cause: { code: 7n } }) })

      const back = roundTrip(serializer, error) as Error
      const without = roundTrip(serializer, new Error('alone')) as Error

      expect((back.cause as Error).message).toBe('inner')
      expect(back.cause).toBeInstanceOf(TypeError)
      expect((back.cause as Error).cause).toEqual({ code: 7n })
      expect('cause' in without).toBe(false)
    },
  },
  {
    name: 'errors > keeps the name of a class of the application, as an Error',
    run: (serializer) => {
      const back = roundTrip(serializer, new QuotaError('full')) as Error

      expect(back).toBeInstanceOf(Error)
      expect([back.name, back.message]).toEqual(['QuotaError', 'full'])
    },
  },
  {
    name: 'errors > keeps fields of its own, such as a code',
    run: (serializer) => {
      const back = roundTrip(serializer, Object.assign(new Error('gone'), { code: 'ENOENT', errno: -2 })) as Error

      expect(back).toMatchObject({ message: 'gone', code: 'ENOENT', errno: -2 })
    },
  },
]
