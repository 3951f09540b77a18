import type { RemoteRead, Stored } from '@holdfast/core'
import { expect } from 'vitest'
import { expectNoEntry } from './peer.ts'
import type { RemoteCase } from './subject.ts'

const needs = ['tags'] as const

export const tagCases: readonly RemoteCase[] = [
  {
    name: 'tags > end every entry that names one of them, and no other',
    needs,
    run: async ({ open, key, tag, write, call }) => {
      const peer = await open()
      const [t, u, v] = [tag('t'), tag('u'), tag('v')]
      await peer.set(
        write(key('t'), 'T', { tags: [t] }),
        write(key('tu'), 'TU', { tags: [u, t] }),
        write(key('u'), 'U', { tags: [u] }),
        write(key('v'), 'V', { tags: [v] }),
        write(key('none'), 'NONE'),
      )

      await peer.store.invalidateTags([t, v], call())

      for (const name of ['t', 'tu', 'v']) expectNoEntry(await peer.read(key(name)))
      expect([await peer.text(key('u')), await peer.text(key('none'))]).toEqual(['U', 'NONE'])
    },
  },
  {
    name: 'tags > end entries that another process has read and written',
    needs,
    run: async ({ open, key, tag, write, call, eventually }) => {
      const [a, b] = [await open(), await open()]
      await b.set(write(key('x'), 'X', { tags: [tag('t')] }))
      expect([await a.text(key('x')), await b.text(key('x'))]).toEqual(['X', 'X'])

      await a.store.invalidateTags([tag('t')], call())

      expectNoEntry(await a.read(key('x')))
      await eventually(async () => expectNoEntry(await b.read(key('x'))))
    },
  },
  {
    name: 'tags > let entries be written anew',
    needs,
    run: async ({ open, key, tag, write, call }) => {
      const peer = await open()
      await peer.set(write(key('x'), 'old', { tags: [tag('t')] }))
      await peer.store.invalidateTags([tag('t')], call())

      await peer.set(write(key('x'), 'new', { tags: [tag('t')] }))

      expect(await peer.text(key('x'))).toBe('new')
    },
  },
  {
    name: 'tags > may be unknown, many, and of any name',
    needs,
    run: async ({ open, key, tag, write, call }) => {
      const peer = await open()
      const names = ['a:b', '*', '{x}', 'a b', 'ключ', '\\', '__proto__', 't'.repeat(200), '0'].map(tag)
      await peer.set(write(key('all'), 'ALL', { tags: names }))
      await peer.set(...names.map((name) => write(key(name), name, { tags: [name] })))

      const before = await peer.text(key('all'))
      await peer.store.invalidateTags([tag('never used'), ...names.slice(1)], call())

      expect(before).toBe('ALL')
      expectNoEntry(await peer.read(key('all')))
      expect(await peer.text(key(names[0]!))).toBe(names[0])
      for (const name of names.slice(1)) expectNoEntry(await peer.read(key(name)))
    },
  },
  {
    name: 'tags > end the copies in memory by a guard that entries share',
    needs: ['tags', 'listen'],
    run: async ({ open, key, tag, write, call, eventually }) => {
      const [a, b] = [await open(), await open()]
      const names = ['x', 'y'].map(key)
      await a.set(...names.map((name) => write(name, name, { tags: [tag('t')] })))
      const copies = await Promise.all(names.map((name) => b.read(name)))
      const alive = copies.map(isGood)

      await a.store.invalidateTags([tag('t')], call())

      expect(alive).toEqual([true, true])
      await eventually(() => expect(copies.map(isGood)).toEqual([false, false]))
    },
  },
  {
    name: 'late fill > is no hit when one of its tags was invalidated meanwhile (tag-bumped-during-load)',
    needs: ['tags', 'lease'],
    run: async ({ open, key, tag, write, call, eventually }) => {
      const [a, b] = [await open(), await open()]
      for (const invalidator of [a, b]) {
        const lease = await a.lease(key('x'), [tag('t')])
        await invalidator.store.invalidateTags([tag('t')], call())

        const stored = await a.fill(lease, write(key('x'), 'late', { tags: [tag('t')] }))

        await eventually(() => expect(mayBeKept(stored)).toBe(false))
        await eventually(async () => expectNoEntry(await a.read(key('x'))))
        await eventually(async () => expectNoEntry(await b.read(key('x'))))
      }
    },
  },
  {
    name: 'late fill > is no hit when a tag that only its value told was invalidated meanwhile',
    needs: ['tags', 'lease'],
    run: async ({ open, key, tag, write, call, eventually }) => {
      const [a, b] = [await open(), await open()]
      const lease = await a.lease(key('x'), [])
      await b.store.invalidateTags([tag('told')], call())

      const stored = await a.fill(lease, write(key('x'), 'late', { tags: [tag('told')] }))

      await eventually(() => expect(mayBeKept(stored)).toBe(false))
      await eventually(async () => expectNoEntry(await a.read(key('x'))))
    },
  },
  {
    name: 'lease > stores a value with tags that only its load told, at the second load at the latest',
    needs: ['tags', 'lease'],
    run: async ({ open, key, tag, write, call }) => {
      const peer = await open()
      for (let load = 1; load <= 2; load += 1) {
        const answer = await peer.leaseOrEntry(key('x'), [tag('known')])
        if (answer.type === 'lease')
          await peer.fill(answer, write(key('x'), 'X', { tags: [tag('known'), tag('told')] }))
      }
      const before = await peer.text(key('x'))

      await peer.store.invalidateTags([tag('told')], call())

      expect(before).toBe('X')
      expectNoEntry(await peer.read(key('x')))
    },
  },
  {
    name: 'tags > whose bookkeeping was lost are a miss, and heal',
    needs,
    backend: ['wipe'],
    run: async ({ open, key, tag, write, backend, eventually }) => {
      const peer = await open()
      await peer.set(write(key('x'), 'old', { tags: [tag('t')] }))

      await backend.wipe()

      expectNoEntry(await peer.read(key('x')))
      await eventually(async () => {
        await peer.set(write(key('x'), 'new', { tags: [tag('t')] }))
        expect(await peer.text(key('x'))).toBe('new')
      })
    },
  },
]

function isGood(read: RemoteRead): boolean {
  return read?.type === 'entry' && (read.guards ?? []).every((guard) => guard.goodUntil !== Number.NEGATIVE_INFINITY)
}

function mayBeKept(stored: Stored): boolean {
  return stored !== undefined && stored.every((guard) => guard.goodUntil !== Number.NEGATIVE_INFINITY)
}
