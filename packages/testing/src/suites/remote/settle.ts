import { expect } from 'vitest'
import { expectNoEntry } from './peer.ts'
import type { RemoteCase } from './subject.ts'

const needs = ['lease', 'settle'] as const

/** How an `update` ends: with its value where nothing came in between, with nothing else. */
export const settleCases: readonly RemoteCase[] = [
  {
    name: 'settle > stores the value while the lease stands',
    needs,
    run: async ({ open, key, write, call }) => {
      const peer = await open()
      await peer.set(write(key('x'), 'old'))
      const lease = await peer.lease(key('x'))

      const [stored] = await peer.store.settle([{ key: key('x'), lease, write: write(key('x'), 'new') }], call())

      expect(stored).toBeDefined()
      expect(await peer.text(key('x'))).toBe('new')
    },
  },
  {
    name: 'settle > removes the key when the lease was lost',
    needs,
    run: async ({ open, key, write, call }) => {
      const [a, b] = [await open(), await open()]
      const lease = await a.lease(key('x'))
      await b.set(write(key('x'), 'of unknown order'))

      const [stored] = await a.store.settle([{ key: key('x'), lease, write: write(key('x'), 'mine') }], call())

      expect(stored).toBeUndefined()
      expectNoEntry(await a.read(key('x')))
    },
  },
  {
    name: 'settle > removes the key when there is no lease, or nothing to store',
    needs,
    run: async ({ open, key, write, call }) => {
      const peer = await open()
      await peer.set(write(key('x'), 'old'), write(key('y'), 'old'))
      const lease = await peer.lease(key('y'))

      const stored = await peer.store.settle(
        [
          { key: key('x'), lease: undefined, write: write(key('x'), 'new') },
          { key: key('y'), lease, write: undefined },
        ],
        call(),
      )

      expect(stored).toEqual([undefined, undefined])
      expectNoEntry(await peer.read(key('x')))
      expectNoEntry(await peer.read(key('y')))
    },
  },
  {
    name: 'settle > is announced, stored or not',
    needs: ['lease', 'settle', 'listen'],
    run: async ({ open, key, write, call, eventually }) => {
      const [a, b] = [await open(), await open()]
      const lease = await a.lease(key('stored'))

      await a.store.settle(
        [
          { key: key('stored'), lease, write: write(key('stored'), 'new') },
          { key: key('removed'), lease: undefined, write: undefined },
        ],
        call(),
      )

      await eventually(() => {
        expect([b.hasHeard(key('stored')), b.hasHeard(key('removed'))]).toEqual([true, true])
      })
    },
  },
]
