import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { Wire, type Methods, type Port } from './wire.ts'

/** Two ends of a pipe that passes what JSON can say. */
function pipe(): readonly [Port, Port] {
  const ends = [new EventEmitter(), new EventEmitter()] as const
  const port = (own: EventEmitter, other: EventEmitter): Port => ({
    on: (event, listener) => own.on(event, listener),
    send: (message, callback) => {
      const text = JSON.stringify(message)
      queueMicrotask(() => {
        other.emit('message', JSON.parse(text))
        callback(null)
      })
      return true
    },
  })
  return [port(ends[0], ends[1]), port(ends[1], ends[0])]
}

type Sum = { readonly sum: (numbers: readonly number[]) => Promise<number> }

function connected(methods: Methods): Wire<Sum> {
  const [here, there] = pipe()
  const other = new Wire<Sum>(there, methods)
  const wire = new Wire<Sum>(here, { twice: (n: number) => n * 2 })
  expect(other).toBeDefined()
  return wire
}

describe('Wire', () => {
  it('gives each call its own result, in whatever order they come', async () => {
    const delays = [30, 0]
    const wire = connected({
      sum: async (numbers: readonly number[]) => {
        await new Promise((resolve) => setTimeout(resolve, delays.shift()))
        return numbers.reduce((a, b) => a + b, 0)
      },
    })

    expect(await Promise.all([wire.call('sum', [1, 2]), wire.call('sum', [3, 4])])).toEqual([3, 7])
  })

  it('rejects with what the method threw', async () => {
    const wire = connected({
      sum: () => {
        throw new Error('no numbers')
      },
    })

    await expect(wire.call('sum', [])).rejects.toThrow('no numbers')
  })

  it('rejects what waits, and what comes, once it is broken', async () => {
    const wire = connected({ sum: () => new Promise(() => {}) })
    const waiting = wire.call('sum', [])

    wire.break(new Error('gone'))
    wire.break(new Error('later'))

    await expect(waiting).rejects.toThrow('gone')
    await expect(wire.call('sum', [])).rejects.toThrow('gone')
  })

  it('breaks when nothing can be sent', async () => {
    const refusing: Port = {
      on: () => {},
      send: (_message, callback) => {
        callback(new Error('closed pipe'))
        return false
      },
    }

    await expect(new Wire<Sum>(refusing, {}).call('sum', [])).rejects.toThrow('closed pipe')
    await expect(new Wire<Sum>({ on: () => {} }, {}).call('sum', [])).rejects.toThrow('no process')
  })
})
