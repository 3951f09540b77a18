import type { RemoteStore } from '@holdfast/core'
import { fakeClock } from '@holdfast/testing'
import { describe, expect, it } from 'vitest'
import type { BreakerTransition } from './options.ts'
import { withBreaker } from './with-breaker.ts'

const call = { deadlineAt: Number.MAX_SAFE_INTEGER }

/** A store of two parts, by the first letter of a key; those in `down` fail. */
function partedStore(down: Set<string>, asked: string[]): RemoteStore {
  const partOf = (_: string, name: string): string =>
    name.startsWith('~') ? (name.at(-1)! < '5' ? 'a' : 'b') : name[0]!
  const ask = async (name: string): Promise<undefined> => {
    const part = partOf('key', name)
    asked.push(part)
    if (down.has(part)) throw new Error(`${part} is down`)
  }
  return {
    partOf,
    getMany: async (keys) => Promise.all(keys.map(ask)),
    setMany: async (writes) => Promise.all(writes.map(({ key }) => ask(key))),
    deleteMany: async (keys) => void (await Promise.all(keys.map(ask))),
    ping: async (_, part) => {
      await ask(part!)
      return 1
    },
    close: async () => undefined,
  }
}

describe('a breaker before a store of parts', () => {
  it('leaves alone the part that fails, and no other', async () => {
    const clock = fakeClock()
    const down = new Set(['a'])
    const asked: string[] = []
    const changes: BreakerTransition[] = []
    const store = withBreaker(partedStore(down, asked), {
      clock,
      random: () => 0,
      onStateChange: (change) => changes.push(change),
    })

    for (let n = 0; n < 5; n++) await store.getMany(['a1'], call).catch(() => undefined)
    asked.length = 0
    await expect(store.getMany(['a1'], call)).rejects.toThrow('left alone')
    await expect(store.deleteMany(['a1'], call)).rejects.toThrow('left alone')
    expect(await store.getMany(['b1', 'b2'], call)).toEqual([undefined, undefined])

    expect(asked).toEqual(['b', 'b'])
    expect(changes).toMatchObject([{ scope: 'all', part: 'a', to: 'open' }])
    expect(store.describe!().limits.join()).toContain('1 of its parts')
    expect(store.describe!().state).toBeUndefined()
    await store.close()
  })

  it.each([
    ['lease', (key: string) => ({ key })],
    ['fill', (key: string) => ({ write: { key } })],
    ['settle', (key: string) => ({ key, write: undefined })],
  ] as const)('leaves it alone with what it asks by %s, too, and asks the others', async (ability, about) => {
    const clock = fakeClock()
    const answered = async (): Promise<never[]> => []
    const inner: RemoteStore = {
      ...partedStore(new Set(['a']), []),
      lease: answered,
      fill: answered,
      settle: answered,
    }
    const store = withBreaker(inner, { clock, random: () => 0 })
    for (let n = 0; n < 5; n++) await store.getMany(['a1'], call).catch(() => undefined)

    await expect(store[ability]!([about('a1')] as never, call)).rejects.toThrow('left alone')
    expect(await store[ability]!([about('b1')] as never, call)).toEqual([])
    await store.close()
  })

  it('probes that part alone, and lets it back in', async () => {
    const clock = fakeClock()
    const down = new Set(['a'])
    const asked: string[] = []
    const store = withBreaker(partedStore(down, asked), { clock, random: () => 0 })
    for (let n = 0; n < 5; n++) await store.getMany(['a1'], call).catch(() => undefined)
    asked.length = 0

    down.clear()
    await clock.advance(1_000)

    expect(asked).toEqual(['a'])
    expect(await store.getMany(['a1'], call)).toEqual([undefined])
    await store.close()
    expect(clock.pendingTimers).toBe(0)
  })

  it('finds out by a key of that part whether it takes writes', async () => {
    const clock = fakeClock()
    const down = new Set<string>()
    const asked: string[] = []
    const inner = partedStore(down, asked)
    const store = withBreaker(
      {
        ...inner,
        deleteMany: (keys, ...rest) =>
          down.has('writes') ? Promise.reject(new Error('READONLY')) : inner.deleteMany(keys, ...rest),
      },
      { clock, random: () => 0 },
    )
    down.add('writes')
    for (let n = 0; n < 5; n++) await store.deleteMany(['b1'], call).catch(() => undefined)
    asked.length = 0

    down.clear()
    await clock.advance(1_000)

    expect(asked).toEqual(['b'])
    await store.close()
  })
})

describe('breakers of very many parts', () => {
  it('are kept for those of late, and one that is not closed is never dropped', async () => {
    const clock = fakeClock()
    const asked: string[] = []
    const inner = { ...partedStore(new Set(['p0']), asked), partOf: (_: unknown, name: string) => name.split(':')[0]! }
    const ask: RemoteStore['getMany'] = async (keys) => {
      if (keys.some((key) => key.startsWith('p0:'))) throw new Error('down')
      return keys.map(() => undefined)
    }
    const store = withBreaker({ ...inner, getMany: ask }, { clock, random: () => 0 })
    for (let n = 0; n < 5; n++) await store.getMany(['p0:key'], call).catch(() => undefined)

    for (let n = 1; n < 600; n++) await store.getMany([`p${n}:key`], call)

    await expect(store.getMany(['p0:key'], call)).rejects.toThrow('left alone')
    expect(store.describe!().details).toMatchObject({ breaker: 'open' })
    await store.close()
  })

  it('are none after it was closed', async () => {
    const store = withBreaker(partedStore(new Set(), []), { random: () => 0 })
    await store.close()

    await expect(store.getMany(['a1'], call)).rejects.toThrow('left alone')
  })
})
