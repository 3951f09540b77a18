import { expect } from 'vitest'
import type { RemoteCase } from './subject.ts'

const needs = ['expire'] as const

export const expireCases: readonly RemoteCase[] = [
  {
    name: 'expire > makes an entry stale from now on, and leaves its grace as it was',
    needs,
    run: async ({ open, key, write, call, clock }) => {
      const peer = await open()
      const sent = write(key('x'), 'X')
      await peer.set(sent, write(key('y'), 'Y'))

      await peer.store.expire([key('x'), key('absent')], call())
      const [x, y] = [await peer.read(key('x')), await peer.read(key('y'))]

      expect(x?.type === 'entry' && x.staleAt <= clock.now() + 250).toBe(true)
      expect(x?.type === 'entry' && Math.abs(x.expiresAt - sent.expiresAt) < 250).toBe(true)
      expect(x?.type === 'entry' && Buffer.from(x.payload).toString()).toBe('X')
      expect(y?.type === 'entry' && y.staleAt > clock.now() + 30_000).toBe(true)
      expect(await peer.read(key('absent'))).toBeUndefined()
    },
  },
  {
    name: 'expire > never lengthens a life',
    needs,
    run: async ({ open, key, write, call, clock }) => {
      const peer = await open()
      const sent = write(key('x'), 'X', { ttlMs: -5_000 })
      await peer.set(sent)

      await peer.store.expire([key('x')], call())
      const x = await peer.read(key('x'))

      expect(x?.type === 'entry' && x.staleAt <= clock.now() - 4_000).toBe(true)
    },
  },
  {
    name: 'expire > is announced',
    needs: ['expire', 'listen'],
    run: async ({ open, key, write, call, eventually }) => {
      const [a, b] = [await open(), await open()]
      await a.set(write(key('x'), 'X'))
      b.heard.length = 0

      await a.store.expire([key('x')], call())

      await eventually(() => expect(b.hasHeard(key('x'))).toBe(true))
    },
  },
  {
    name: 'late fill > loses after the entry that it was to replace was expired',
    needs: ['expire', 'lease'],
    run: async ({ open, key, write, call }) => {
      const [a, b] = [await open(), await open()]
      await a.set(write(key('x'), 'old'))
      const lease = await a.lease(key('x'))

      await b.store.expire([key('x')], call())

      expect(await a.fill(lease, write(key('x'), 'late'))).toBeUndefined()
      expect(await a.text(key('x'))).toBe('old')
    },
  },
]
