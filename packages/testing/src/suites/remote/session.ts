import type { RemoteStore } from '@holdfast/core'
import { expect } from 'vitest'
import type { RemoteAbility, RemoteCase } from './subject.ts'

/** The methods behind each ability. */
export const methodsOfAbility: Readonly<Record<RemoteAbility, readonly (keyof RemoteStore)[]>> = {
  lease: ['lease', 'fill', 'release'],
  settle: ['settle'],
  expire: ['expire'],
  tags: ['invalidateTags'],
  matching: ['invalidateMatching'],
  clear: ['clear'],
  scan: ['scan'],
  listen: ['listen'],
  guard: ['guard'],
  barrier: ['barrier'],
  ping: ['ping'],
  reopen: ['reopen'],
  describe: ['describe'],
}

export const sessionCases: readonly RemoteCase[] = [
  {
    name: 'abilities > are those that were declared, whole ones, and no stubs',
    run: async ({ open, abilities }) => {
      const { store } = await open()

      for (const [ability, names] of Object.entries(methodsOfAbility) as [
        RemoteAbility,
        readonly (keyof RemoteStore)[],
      ][]) {
        const present = names.map((name) => [name, typeof store[name]])
        const expected = names.map((name) => [name, abilities.has(ability) ? 'function' : 'undefined'])
        expect(present).toEqual(expected)
      }
    },
  },
  {
    name: 'describe > names the store, says what coherence is in force and what does not hold',
    needs: ['describe'],
    run: async ({ open }) => {
      const peer = await open()

      const description = peer.store.describe()

      expect(description.name).toMatch(/./)
      expect(['announcements', 'max-staleness']).toContain(description.coherence)
      expect(description.limits.every((limit) => /^[A-Z].*\.$/s.test(limit))).toBe(true)
      expect([undefined, 'ready']).toContain(description.state)
    },
  },
  {
    name: 'describe > says when it is closed',
    needs: ['describe'],
    run: async ({ open }) => {
      const peer = await open()

      await peer.store.close()

      expect([undefined, 'closed']).toContain(peer.store.describe().state)
    },
  },
  {
    name: 'ping > resolves with the length of a round trip',
    needs: ['ping'],
    run: async ({ open, call }) => {
      const peer = await open()

      const ms = await peer.store.ping(call())

      expect(ms).toBeGreaterThanOrEqual(0)
      expect(ms).toBeLessThan(5_000)
    },
  },
  {
    name: 'close > is idempotent, and ends what comes after',
    run: async ({ open, key, write, call }) => {
      const peer = await open()

      await Promise.all([peer.store.close(), peer.store.close()])
      await peer.store.close()

      await expect(peer.store.getMany([key('x')], call())).rejects.toThrow(/./)
      await expect(peer.set(write(key('x'), 'X'))).rejects.toThrow(/./)
      await expect(peer.delete(key('x'))).rejects.toThrow(/./)
    },
  },
  {
    name: 'close > leaves other stores on the same data alone',
    run: async ({ open, key, write }) => {
      const [a, b] = [await open(), await open()]
      await a.set(write(key('x'), 'X'))

      await a.store.close()

      expect(await b.text(key('x'))).toBe('X')
    },
  },
  {
    name: 'close > rejects what is pending, at once',
    backend: ['freeze', 'thaw'],
    run: async ({ open, key, call, backend, wait }) => {
      const peer = await open()
      await backend.freeze()

      const pending = peer.store.getMany([key('x')], call(60_000)).then(
        () => 'resolved',
        () => 'rejected',
      )
      const closed = peer.store.close().then(() => 'closed')

      expect(await Promise.race([closed, wait(3_000)])).toBe('closed')
      expect(await Promise.race([pending, wait(3_000)])).toBe('rejected')
    },
  },
]
