import { describe, expect, it } from 'vitest'
import * as errors from './errors.ts'

describe('errors', () => {
  it.each([
    [new errors.InvalidOptionError('m'), 'InvalidOptionError', 'ERR_HOLDFAST_INVALID_OPTION'],
    [new errors.CacheClosedError('m'), 'CacheClosedError', 'ERR_HOLDFAST_CACHE_CLOSED'],
    [new errors.LoadTimeoutError('m'), 'LoadTimeoutError', 'ERR_HOLDFAST_LOAD_TIMEOUT'],
    [new errors.LoadRejectedError('m'), 'LoadRejectedError', 'ERR_HOLDFAST_LOAD_REJECTED'],
    [new errors.SerializationError('m'), 'SerializationError', 'ERR_HOLDFAST_SERIALIZATION'],
    [new errors.RemoteTimeoutError('m'), 'RemoteTimeoutError', 'ERR_HOLDFAST_REMOTE_TIMEOUT'],
    [new errors.RemoteUnavailableError('m'), 'RemoteUnavailableError', 'ERR_HOLDFAST_REMOTE_UNAVAILABLE'],
  ])('%s has its name and its code', (error, name, code) => {
    expect(error).toBeInstanceOf(errors.HoldfastError)
    expect([error.name, error.code, error.message]).toEqual([name, code, 'm'])
  })

  it('carry their cause', () => {
    const cause = new Error('why')

    for (const error of [
      new errors.InvalidOptionError('m', { cause }),
      new errors.SerializationError('m', { cause }),
      new errors.RemoteTimeoutError('m', { cause }),
      new errors.RemoteUnavailableError('m', { cause }),
    ])
      expect(error.cause).toBe(cause)
  })

  it('say that a cache is closed without being told', () => {
    expect(new errors.CacheClosedError().message).toBe('The cache is closed.')
  })
})
