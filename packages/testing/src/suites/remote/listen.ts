import { expect } from 'vitest'
import { expectNoEntry } from './peer.ts'
import type { RemoteCase } from './subject.ts'

const needs = ['listen'] as const

/** What a cache hears, and what is asked of it, while it listens. */
export const listenCases: readonly RemoteCase[] = [
  {
    name: 'listen > hears what another process deletes, set or not',
    needs,
    run: async ({ open, key, write, eventually }) => {
      const [a, b] = [await open(), await open()]
      await a.set(write(key('x'), 'X'))
      await eventually(() => expect(b.hasHeard(key('x'))).toBe(true))
      b.heard.length = 0

      await a.delete(key('x'), key('never there'))

      await eventually(() => {
        expect([b.hasHeard(key('x')), b.hasHeard(key('never there'))]).toEqual([true, true])
      })
    },
  },
  {
    name: 'listen > hears what another process sets',
    needs,
    run: async ({ open, key, write, eventually }) => {
      const [a, b] = [await open(), await open()]

      await a.set(write(key('x'), 'X'), write(key('y'), 'Y'))

      await eventually(() => expect([b.hasHeard(key('x')), b.hasHeard(key('y'))]).toEqual([true, true]))
    },
  },
  {
    name: 'listen > hears the tags that another process invalidates',
    needs: ['listen', 'tags'],
    run: async ({ open, key, tag, call, eventually }) => {
      const [a, b] = [await open(), await open()]

      await a.store.invalidateTags([tag('t'), tag('u')], call())

      await eventually(() => {
        expect([b.hasHeard(key('x'), [tag('t')]), b.hasHeard(key('y'), [tag('u')])]).toEqual([true, true])
      })
    },
  },
  {
    name: 'listen > hears batches as large as they come',
    needs,
    run: async ({ open, key, eventually }) => {
      const [a, b] = [await open(), await open()]
      const names = Array.from({ length: 3_000 }, (_, at) => key(`${at}`))

      await a.delete(...names)

      await eventually(() => expect(names.every((name) => b.hasHeard(name))).toBe(true))
    },
  },
  {
    name: 'listen > hears names of any kind',
    needs,
    run: async ({ open, key, eventually }) => {
      const [a, b] = [await open(), await open()]
      const names = ['a b', 'nul\u0000l', 'ключ:🔑', '{slot}', '*', '\r\n', 'k'.repeat(15_000)].map(key)

      await a.delete(...names)
      for (const name of names.slice(0, 3)) await a.delete(name)

      await eventually(() => expect(names.map((name) => b.hasHeard(name))).toEqual(names.map(() => true)))
    },
  },
  {
    name: 'listen > hears nothing of what it did itself',
    needs,
    run: async ({ open, key, write, eventually }) => {
      const [a, b] = [await open(), await open()]

      await a.set(write(key('x'), 'X'))
      await a.delete(key('x'))
      await b.delete(key('from b'))
      await eventually(() => expect(a.hasHeard(key('from b'))).toBe(true))

      expect(a.hasHeard(key('x'))).toBe(false)
    },
  },
  {
    name: 'listen > hears nothing of loads',
    needs: ['listen', 'lease'],
    run: async ({ open, key, write, call, eventually }) => {
      const [a, b] = [await open(), await open()]

      await a.fill(await a.lease(key('loaded')), write(key('loaded'), 'L'))
      await a.store.release([{ key: key('failed'), lease: await a.lease(key('failed')) }], call())
      await a.delete(key('deleted'))
      await eventually(() => expect(b.hasHeard(key('deleted'))).toBe(true))

      expect([b.hasHeard(key('loaded')), b.hasHeard(key('failed'))]).toEqual([false, false])
    },
  },
  {
    name: 'listen > gives what is read guards that are good while it listens',
    needs,
    run: async ({ open, key, write, clock }) => {
      const peer = await open()
      await peer.set(write(key('x'), 'X'))

      const entry = await peer.read(key('x'))

      const guards = entry?.type === 'entry' ? entry.guards : undefined
      expect(guards?.length).toBeGreaterThan(0)
      expect(guards?.every((guard) => guard.goodUntil > clock.now())).toBe(true)
    },
  },
  {
    name: 'journal > is asked for until it is empty, and nothing is read before it was applied',
    needs,
    run: async ({ open, key, write, eventually }) => {
      const a = await open()
      await a.set(write(key('x'), 'before the outage'), write(key('y'), 'stays'))

      const b = await open({ journal: { keys: [key('x')] } })

      expectNoEntry(await b.read(key('x')))
      expect(await b.text(key('y'))).toBe('stays')
      expect(b.journal).toBeUndefined()
      expect(b.drains).toBeGreaterThanOrEqual(2)
      expect(b.applied).toEqual([{ keys: [key('x')], tags: [], all: false }])
      await eventually(() => expect(a.hasHeard(key('x'))).toBe(true))
    },
  },
  {
    name: 'journal > invalidates tags',
    needs: ['listen', 'tags'],
    run: async ({ open, key, tag, write, eventually }) => {
      const a = await open()
      await a.set(write(key('x'), 'X', { tags: [tag('t')] }), write(key('y'), 'Y', { tags: [tag('u')] }))

      const b = await open({ journal: { tags: [tag('t')] } })

      expectNoEntry(await b.read(key('x')))
      expect(await b.text(key('y'))).toBe('Y')
      await eventually(() => expect(a.hasHeard(key('x'), [tag('t')])).toBe(true))
    },
  },
  {
    name: 'journal > ends everything when it says so',
    needs: ['listen', 'clear'],
    run: async ({ open, key, write, eventually }) => {
      const a = await open()
      await a.set(write(key('x'), 'X'))

      const b = await open({ journal: { all: true } })

      expectNoEntry(await b.read(key('x')))
      await eventually(() => expect(a.hasHeard(key('x'))).toBe(true))
      await eventually(async () => expectNoEntry(await a.read(key('x'))))
    },
  },
  {
    name: 'reopen > ends the session: tells of the gap, asks for the journal, ends the guards, and reads again',
    needs: ['listen', 'reopen'],
    run: async ({ open, key, write }) => {
      const peer = await open()
      await peer.set(write(key('x'), 'X'), write(key('y'), 'Y'))
      const before = await peer.read(key('x'))
      const { gaps } = peer
      peer.journal = { keys: [key('y')], tags: [], all: false }

      await peer.store.reopen()

      expect(peer.gaps).toBeGreaterThan(gaps)
      expect(peer.journal).toBeUndefined()
      const guards = before?.type === 'entry' ? (before.guards ?? []) : []
      expect(guards.some((guard) => guard.goodUntil === Number.NEGATIVE_INFINITY)).toBe(true)
      expect(await peer.text(key('x'))).toBe('X')
      expectNoEntry(await peer.read(key('y')))
    },
  },
  {
    name: 'reopen > makes leases of the session before it lose',
    needs: ['listen', 'reopen', 'lease'],
    run: async ({ open, key, write }) => {
      const peer = await open()
      const lease = await peer.lease(key('x'))

      await peer.store.reopen()
      const stored = await peer.fill(lease, write(key('x'), 'late')).catch(() => undefined)

      expect(stored).toBeUndefined()
    },
  },
  {
    name: 'guard > is the one that entries of its key carry, and good while the session is',
    needs: ['listen', 'guard'],
    run: async ({ open, key, write, clock }) => {
      const peer = await open()
      await peer.set(write(key('x'), 'X'))

      const guard = peer.store.guard(key('x'))
      const entry = await peer.read(key('x'))

      expect(guard.goodUntil).toBeGreaterThan(clock.now())
      expect(entry?.type === 'entry' && entry.guards?.includes(guard)).toBe(true)
      expect(peer.store.guard(key('x'))).toBe(guard)
    },
  },
  {
    name: 'barrier > resolves when all that was announced before it has been heard',
    needs: ['listen', 'barrier'],
    run: async ({ open, key, call }) => {
      const [a, b] = [await open(), await open()]
      for (let round = 0; round < 50; round += 1) {
        const name = key(`${round}`)
        await a.delete(name)

        await b.store.barrier(name, call())

        expect(b.hasHeard(name)).toBe(true)
      }
    },
  },
]
