import { expect } from 'vitest'
import { expectNoEntry } from './peer.ts'
import type { RemoteCase } from './subject.ts'

const needs = ['lease'] as const

/** What a load may store: nothing older than what was invalidated while it ran. */
export const leaseCases: readonly RemoteCase[] = [
  {
    name: 'lease > stores what was loaded under it',
    needs,
    run: async ({ open, key, write }) => {
      const peer = await open()

      const lease = await peer.lease(key('x'))
      const stored = await peer.fill(lease, write(key('x'), 'loaded'))

      expect(stored).toBeDefined()
      expect(await peer.text(key('x'))).toBe('loaded')
    },
  },
  {
    name: 'lease > is no entry to those who read meanwhile',
    needs,
    run: async ({ open, key }) => {
      const [a, b] = [await open(), await open()]

      await a.lease(key('x'))

      expectNoEntry(await a.read(key('x')))
      expectNoEntry(await b.read(key('x')))
    },
  },
  {
    name: 'lease > answers with the entry that was filled meanwhile',
    needs,
    run: async ({ open, key, write, call }) => {
      const [a, b] = [await open(), await open()]
      const seen = await a.read(key('x'))
      await b.fill(await b.lease(key('x')), write(key('x'), 'theirs'))

      const [answer] = await a.store.lease([{ key: key('x'), tags: [], leaseMs: 30_000, seen }], call())

      expect(answer?.type === 'entry' && Buffer.from(answer.payload).toString()).toBe('theirs')
    },
  },
  {
    name: 'lease > replaces the entry that was seen, stale or fresh',
    needs,
    run: async ({ open, key, write, wait }) => {
      const peer = await open()
      await peer.set(write(key('stale'), 'old', { ttlMs: 1 }), write(key('fresh'), 'old'))
      await wait(5)

      for (const name of ['stale', 'fresh'])
        expect(await peer.fill(await peer.lease(key(name)), write(key(name), 'new'))).toBeDefined()

      expect([await peer.text(key('stale')), await peer.text(key('fresh'))]).toEqual(['new', 'new'])
    },
  },
  {
    name: 'lease > of two on one key, lets one fill',
    needs,
    run: async ({ open, key, write }) => {
      const [a, b] = [await open(), await open()]
      const [first, second] = [await a.lease(key('x')), await b.lease(key('x'))]

      const stored = [await a.fill(first, write(key('x'), 'A')), await b.fill(second, write(key('x'), 'B'))]

      expect(stored.filter((each) => each !== undefined)).toHaveLength(1)
      expect(await a.text(key('x'))).toBe(stored[0] === undefined ? 'B' : 'A')
    },
  },
  {
    name: 'lease > answers a batch in its order, won and lost fills mixed',
    needs,
    run: async ({ open, key, write, call }) => {
      const peer = await open()
      const names = ['a', 'b', 'c', 'd'].map(key)
      const requests = names.map((name) => ({ key: name, tags: [], leaseMs: 30_000, seen: undefined }))
      const leases = await peer.store.lease(requests, call())
      await peer.delete(key('b'), key('d'))

      const fills = leases.flatMap((lease, at) =>
        lease.type === 'lease' ? [{ lease, write: write(names[at]!, names[at]!) }] : [],
      )
      const stored = await peer.fillMany(fills)

      expect(stored.map((each) => each !== undefined)).toEqual([true, false, true, false])
      const texts = await Promise.all(names.map((name) => peer.text(name)))
      expect(texts).toEqual([names[0], undefined, names[2], undefined])
    },
  },
  {
    name: 'lease > ends, and what comes after is not stored',
    needs,
    backend: ['evict'],
    run: async ({ open, key, write, call, wait, eventually }) => {
      const peer = await open()
      const request = { key: key('x'), tags: [], leaseMs: 50, seen: undefined }
      const [lease] = await peer.store.lease([request], call())
      expect(lease?.type).toBe('lease')
      await wait(60)

      await eventually(async () => expect(await peer.read(key('x'))).toBeUndefined())
      const stored = lease?.type === 'lease' ? await peer.fill(lease, write(key('x'), 'late')) : undefined

      expect(stored).toBeUndefined()
      expectNoEntry(await peer.read(key('x')))
    },
  },
  {
    name: 'late fill > loses after a delete, by the same process or another',
    needs,
    run: async ({ open, key, write }) => {
      const [a, b] = [await open(), await open()]

      for (const deleter of [a, b]) {
        const lease = await a.lease(key('x'))
        await deleter.delete(key('x'))
        expect(await a.fill(lease, write(key('x'), 'late'))).toBeUndefined()
        expectNoEntry(await a.read(key('x')))
      }
    },
  },
  {
    name: 'late fill > loses after a delete that found nothing to remove',
    needs,
    backend: ['evict'],
    run: async ({ open, key, write, backend }) => {
      const [a, b] = [await open(), await open()]
      const lease = await a.lease(key('x'))
      await backend.evict(key('x'))

      await b.delete(key('x'))

      expect(await a.fill(lease, write(key('x'), 'late'))).toBeUndefined()
      expectNoEntry(await a.read(key('x')))
    },
  },
  {
    name: 'late fill > loses after a set and a delete, though the key is absent again (absent-absent-aba)',
    needs,
    run: async ({ open, key, write }) => {
      const [a, b] = [await open(), await open()]
      const lease = await a.lease(key('x'))

      await b.set(write(key('x'), 'between'))
      await b.delete(key('x'))

      expect(await a.fill(lease, write(key('x'), 'late'))).toBeUndefined()
      expectNoEntry(await b.read(key('x')))
    },
  },
  {
    name: 'late fill > loses to the value that was set meanwhile, which stays',
    needs,
    run: async ({ open, key, write }) => {
      const [a, b] = [await open(), await open()]
      const lease = await a.lease(key('x'))

      await b.set(write(key('x'), 'newer'))

      expect(await a.fill(lease, write(key('x'), 'late'))).toBeUndefined()
      expect(await a.text(key('x'))).toBe('newer')
    },
  },
  {
    name: 'late fill > loses to a load that began after the delete',
    needs,
    run: async ({ open, key, write }) => {
      const [a, b] = [await open(), await open()]
      const old = await a.lease(key('x'))
      await b.delete(key('x'))
      const recent = await b.lease(key('x'))

      const late = await a.fill(old, write(key('x'), 'old'))
      const timely = await b.fill(recent, write(key('x'), 'new'))

      expect(late).toBeUndefined()
      expect(timely).toBeDefined()
      expect(await a.text(key('x'))).toBe('new')
    },
  },
  {
    name: 'late fill > loses when the lease itself was lost, and the next load stores again',
    needs,
    backend: ['evict'],
    run: async ({ open, key, write, backend }) => {
      const peer = await open()
      const lease = await peer.lease(key('x'))
      await backend.evict(key('x'))

      const late = await peer.fill(lease, write(key('x'), 'late'))
      const next = await peer.fill(await peer.lease(key('x')), write(key('x'), 'next'))

      expect(late).toBeUndefined()
      expect(next).toBeDefined()
      expect(await peer.text(key('x'))).toBe('next')
    },
  },
  {
    name: 'late fill > loses when everything was lost (flush-under-load), and the next loads store again',
    needs,
    backend: ['wipe'],
    run: async ({ open, key, write, backend, eventually }) => {
      const peer = await open()
      const lease = await peer.lease(key('x'))
      await backend.wipe()

      expect(await peer.fill(lease, write(key('x'), 'late'))).toBeUndefined()
      await eventually(async () => {
        await peer.fill(await peer.lease(key('x')), write(key('x'), 'next'))
        expect(await peer.text(key('x'))).toBe('next')
      })
    },
  },
  {
    name: 'release > gives the right back: nothing is left, and the fill loses',
    needs,
    run: async ({ open, key, write, call }) => {
      const peer = await open()
      const lease = await peer.lease(key('x'))

      await peer.store.release([{ key: key('x'), lease }], call())

      expect(await peer.read(key('x'))).toBeUndefined()
      expect(await peer.fill(lease, write(key('x'), 'late'))).toBeUndefined()
    },
  },
  {
    name: 'release > of a lease that was lost removes nothing',
    needs,
    run: async ({ open, key, write, call }) => {
      const [a, b] = [await open(), await open()]
      const lease = await a.lease(key('x'))
      await b.set(write(key('x'), 'newer'))

      await a.store.release([{ key: key('x'), lease }], call())

      expect(await a.text(key('x'))).toBe('newer')
    },
  },
  {
    name: 'hold > lets nothing be filled for its length, and everything after',
    needs,
    run: async ({ open, key, write, call, wait, eventually }) => {
      const [a, b] = [await open(), await open()]
      const before = await a.lease(key('x'))
      await b.store.deleteMany([key('x')], call(), 300)

      const late = await a.fill(before, write(key('x'), 'late'))
      const during = await a.leaseOrEntry(key('x'))
      const filled = during.type === 'lease' ? await a.fill(during, write(key('x'), 'held off')) : undefined

      expect([late, filled]).toEqual([undefined, undefined])
      expectNoEntry(await a.read(key('x')))
      await wait(300)
      await eventually(async () => {
        expect(await a.fill(await a.lease(key('x')), write(key('x'), 'after'))).toBeDefined()
      })
      expect(await b.text(key('x'))).toBe('after')
    },
  },
]
