import { expect } from 'vitest'
import { expectNoEntry } from './peer.ts'
import type { RemoteCase } from './subject.ts'

/** Removing by pattern, removing all, and listing. */
export const sweepCases: readonly RemoteCase[] = [
  {
    name: 'matching > ends the keys that match, and no other',
    needs: ['matching'],
    run: async ({ open, key, write, call }) => {
      const peer = await open()
      const keys = ['user:1', 'user:22', 'user:', 'users:1', 'a:user:1', 'User:1'].map(key)
      await peer.set(...keys.map((each) => write(each, each)))

      await peer.store.invalidateMatching(key('user:*'), call())

      const left = await Promise.all(keys.map((each) => peer.text(each)))
      expect(left).toEqual([undefined, undefined, undefined, ...keys.slice(3)])
    },
  },
  {
    name: 'matching > understands * and ?, what is escaped, and nothing else',
    needs: ['matching'],
    run: async ({ open, key, write, call }) => {
      const peer = await open()
      const matching: readonly (readonly [string, readonly string[]])[] = [
        ['a?c', ['abc', 'a*c', 'a?c']],
        ['*-mid-*', ['1-mid-2', '-mid-']],
        [String.raw`a\*c`, ['a*c']],
        [String.raw`a\?c`, ['a?c']],
        ['[ab]', ['[ab]']],
        ['[^a]', ['[^a]']],
        ['{a,b}', ['{a,b}']],
        ['a.c', []],
      ]
      const names = ['abc', 'ac', 'a*c', 'a?c', 'a', 'b', '[ab]', '[^a]', '{a,b}', '1-mid-2', '-mid-', 'mid']

      for (const [pattern, ended] of matching) {
        await peer.set(...names.map((name) => write(key(name), name)))
        await peer.store.invalidateMatching(key(pattern), call())
        const left = await Promise.all(names.map((name) => peer.text(key(name))))
        expect([pattern, names.filter((_, at) => left[at] === undefined)]).toEqual([pattern, ended])
      }
    },
  },
  {
    name: 'matching > ends more keys than one page holds',
    needs: ['matching'],
    run: async ({ open, key, write, call }) => {
      const peer = await open()
      const keys = Array.from({ length: 3_000 }, (_, at) => key(`many:${at}`))
      await peer.set(...keys.map((each) => write(each, 'x')), write(key('other'), 'stays'))

      await peer.store.invalidateMatching(key('many:*'), call())

      const reads = await peer.store.getMany(keys, call())
      expect(reads.filter((read) => read?.type === 'entry')).toEqual([])
      expect(await peer.text(key('other'))).toBe('stays')
    },
  },
  {
    name: 'matching > leaves tags as they are',
    needs: ['matching', 'tags'],
    run: async ({ open, key, tag, write, call }) => {
      const peer = await open()
      await peer.set(write(key('x'), 'X', { tags: [tag('t')] }))
      await peer.store.invalidateMatching(key('*'), call())

      await peer.set(write(key('x'), 'again', { tags: [tag('t')] }))
      const before = await peer.text(key('x'))
      await peer.store.invalidateTags([tag('t')], call())

      expect(before).toBe('again')
      expectNoEntry(await peer.read(key('x')))
    },
  },
  {
    name: 'matching > is announced',
    needs: ['matching', 'listen'],
    run: async ({ open, key, call, eventually }) => {
      const [a, b] = [await open(), await open()]

      await a.store.invalidateMatching(key('user:*'), call())

      await eventually(() => expect(b.hasHeard(key('user:1'))).toBe(true))
    },
  },
  {
    name: 'late fill > loses after its key was matched',
    needs: ['matching', 'lease'],
    run: async ({ open, key, write, call }) => {
      const [a, b] = [await open(), await open()]
      const lease = await a.lease(key('user:1'))

      await b.store.invalidateMatching(key('user:*'), call())

      expect(await a.fill(lease, write(key('user:1'), 'late'))).toBeUndefined()
      expectNoEntry(await a.read(key('user:1')))
    },
  },
  {
    name: 'clear > ends everything, and what is written after it stays',
    needs: ['clear'],
    run: async ({ open, key, write, call, eventually }) => {
      const [a, b] = [await open(), await open()]
      await a.set(write(key('x'), 'X'), write(key('y'), 'Y'))
      expect([await a.text(key('x')), await b.text(key('x'))]).toEqual(['X', 'X'])

      await a.store.clear(call())
      const after = [await a.read(key('x')), await a.read(key('y'))]
      await eventually(async () => expectNoEntry(await b.read(key('x'))))
      await b.set(write(key('x'), 'again'))

      for (const read of after) expectNoEntry(read)
      expect(await b.text(key('x'))).toBe('again')
      await eventually(async () => expect(await a.text(key('x'))).toBe('again'))
    },
  },
  {
    name: 'clear > is announced',
    needs: ['clear', 'listen'],
    run: async ({ open, key, call, eventually }) => {
      const [a, b] = [await open(), await open()]

      await a.store.clear(call())

      await eventually(() => expect(b.hasHeard(key('anything'))).toBe(true))
    },
  },
  {
    name: 'late fill > is no hit after everything was cleared (clear-under-load)',
    needs: ['clear', 'lease'],
    run: async ({ open, key, write, call, eventually }) => {
      const [a, b] = [await open(), await open()]
      for (const clearer of [a, b]) {
        const lease = await a.lease(key('x'))
        await clearer.store.clear(call())

        await a.fill(lease, write(key('x'), 'late'))

        await eventually(async () => expectNoEntry(await a.read(key('x'))))
        await eventually(async () => expectNoEntry(await b.read(key('x'))))
      }
    },
  },
  {
    name: 'scan > finds every key that matches, by its own name, and nothing else',
    needs: ['scan'],
    run: async ({ open, key, write }) => {
      const peer = await open()
      const names = Array.from({ length: 1_500 }, (_, at) => key(`item:${at}`))
      await peer.set(...names.map((name) => write(name, 'x')), write(key('other'), 'x'))

      const found: string[] = []
      for await (const page of peer.store.scan(key('item:*'))) found.push(...page)

      expect(new Set(found)).toEqual(new Set(names))
    },
  },
  {
    name: 'scan > shows none of the bookkeeping',
    needs: ['scan', 'tags'],
    run: async ({ open, key, tag, write, call }) => {
      const peer = await open()
      await peer.set(write(key('x'), 'X', { tags: [tag('t')] }))
      await peer.store.invalidateTags([tag('t')], call())

      const found: string[] = []
      for await (const page of peer.store.scan('*')) found.push(...page)

      expect(found.filter((name) => name.startsWith('~') || name.includes(tag('t')))).toEqual([])
    },
  },
  {
    name: 'scan > may be left before its end',
    needs: ['scan'],
    run: async ({ open, key, write }) => {
      const peer = await open()
      await peer.set(...Array.from({ length: 1_500 }, (_, at) => write(key(`item:${at}`), 'x')))

      for await (const page of peer.store.scan(key('item:*'))) if (page.length > 0) break

      expect(await peer.text(key('item:0'))).toBe('x')
    },
  },
]
