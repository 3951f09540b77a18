import { describe, expect, it } from 'vitest'
import type { RemoteStore } from './contracts.ts'
import { decorate } from './decorate.ts'

const call = { deadlineAt: 1 }

/** A store whose methods answer with their names and arguments. */
function echo(...methods: readonly string[]): RemoteStore {
  const store: Record<string, unknown> = {}
  for (const method of methods) {
    store[method] = function (this: unknown, ...args: unknown[]) {
      return this === store ? Promise.resolve([method, ...args]) : Promise.reject(new Error('lost its this'))
    }
  }
  return store as unknown as RemoteStore
}

const operations = [
  'getMany',
  'setMany',
  'deleteMany',
  'lease',
  'fill',
  'release',
  'settle',
  'expire',
  'invalidateTags',
  'invalidateMatching',
  'clear',
  'ping',
]
const untouched = ['close', 'scan', 'listen', 'guard', 'barrier', 'reopen', 'describe']

describe('decorate', () => {
  it.each(operations)('stands around %s, with its name and its arguments', async (name) => {
    const seen: unknown[] = []
    const store = decorate(echo(name), async (operation, run, args) => {
      seen.push(operation, args)
      return run()
    })

    const answer: unknown = await (store as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!(
      'x',
      call,
    )

    expect(answer).toEqual([name, 'x', call])
    expect(seen).toEqual([name, ['x', call]])
  })

  it.each(untouched)('passes %s on, and does not stand around it', async (name) => {
    const store = decorate(echo(name), () => Promise.reject(new Error('in the way')))

    expect(await (store as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!('x')).toEqual([name, 'x'])
  })

  it('leaves absent what is absent', () => {
    const store = decorate(echo('getMany', 'close'), (_, run) => run())

    expect(Object.keys(store).sort()).toEqual(['close', 'getMany'])
  })

  it('replaces what is to be replaced', async () => {
    const store = decorate(echo('getMany', 'ping'), (_, run) => run(), { ping: async () => 7 })

    expect(await store.ping!(call)).toBe(7)
    expect(await store.getMany(['a'], call)).toEqual(['getMany', ['a'], call])
  })
})
