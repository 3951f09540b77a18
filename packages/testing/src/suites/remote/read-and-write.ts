import { expect } from 'vitest'
import { expectNoEntry } from './peer.ts'
import type { RemoteCase } from './subject.ts'

/** Keys that trip code which splits, escapes or matches them. The cache has escaped a leading `~` or `@` of users' own. */
const hostileNames: readonly string[] = [
  'a b',
  'a\nb\r\n',
  'nul\u0000l',
  'ключ:🔑',
  '{slot}:x',
  'x{}y',
  '*',
  '?[a-z]',
  '\\',
  '"',
  "'",
  '%s%n',
  ':',
  '__proto__',
  'k'.repeat(16_000),
]

export const readAndWriteCases: readonly RemoteCase[] = [
  {
    name: 'write > gives back payload, serializer, instants and tags',
    run: async ({ open, key, tag, write, abilities }) => {
      const peer = await open()
      const tags = abilities.has('tags') ? [tag('t'), tag('u')] : []
      const sent = write(key('a'), 'text', { tags })

      await peer.set({ ...sent, serializer: 'msgpack' })
      const entry = await peer.read(key('a'))

      expect(entry).toMatchObject({ type: 'entry', serializer: 'msgpack', tags: sent.tags })
      if (entry?.type !== 'entry') return
      expect(Buffer.from(entry.payload).toString()).toBe('text')
      // A store whose server has another clock converts; the estimate may be off by a round trip.
      for (const instant of ['createdAt', 'staleAt', 'expiresAt'] as const)
        expect(Math.abs(entry[instant] - sent[instant])).toBeLessThan(250)
    },
  },
  {
    name: 'write > answers each write, in their order',
    run: async ({ open, key, write }) => {
      const peer = await open()

      const stored = await peer.set(...['a', 'b', 'c'].map((name) => write(key(name), name)))

      expect(stored).toHaveLength(3)
      for (const guards of stored) expect(guards === undefined || Array.isArray(guards)).toBe(true)
    },
  },
  {
    name: 'write > lets the last writer win, in a batch as well',
    run: async ({ open, key, write }) => {
      const [a, b] = [await open(), await open()]

      await a.set(write(key('x'), 'first'))
      await b.set(write(key('x'), 'second'), write(key('y'), 'old'), write(key('y'), 'new'))

      expect([await a.text(key('x')), await b.text(key('x'))]).toEqual(['second', 'second'])
      expect(await a.text(key('y'))).toBe('new')
    },
  },
  {
    name: 'write > keeps payloads of every size, byte by byte',
    run: async ({ open, key, write }) => {
      const peer = await open()
      const sizes = [0, 1, 8, 9, 300, 70_000, 1_000_000]
      const payloads = sizes.map((size) => Buffer.from(Uint8Array.from({ length: size }, (_, at) => at % 251)))

      await peer.set(...payloads.map((payload, at) => write(key(`${at}`), '', { payload })))

      for (const [at, payload] of payloads.entries()) {
        const entry = await peer.read(key(`${at}`))
        expect(entry?.type === 'entry' && Buffer.from(entry.payload).equals(payload)).toBe(true)
      }
    },
  },
  {
    name: 'write > keeps hostile keys apart',
    run: async ({ open, key, write }) => {
      const peer = await open()
      const keys = hostileNames.map(key)

      await peer.set(...keys.map((each, at) => write(each, `value ${at}`)))
      await peer.delete(key('*'), key('?[a-z]'))

      for (const [at, each] of keys.entries()) {
        if (each === key('*') || each === key('?[a-z]')) expectNoEntry(await peer.read(each))
        else expect(await peer.text(each)).toBe(`value ${at}`)
      }
    },
  },
  {
    name: 'write > does not keep what has expired already',
    run: async ({ open, key, write }) => {
      const peer = await open()
      await peer.set(write(key('x'), 'older'))

      await peer.set(write(key('x'), 'expired', { ttlMs: -2_000, graceMs: 1_000 }))

      expectNoEntry(await peer.read(key('x')))
    },
  },
  {
    name: 'read > answers in the order of the keys, repeated ones too, and undefined for what is absent',
    run: async ({ open, key, write, call }) => {
      const peer = await open()
      await peer.set(write(key('a'), 'A'), write(key('b'), 'B'))

      const reads = await peer.store.getMany(['b', 'absent', 'a', 'b'].map(key), call())

      const texts = reads.map((read) => (read?.type === 'entry' ? Buffer.from(read.payload).toString() : read))
      expect(texts).toEqual(['B', undefined, 'A', 'B'])
    },
  },
  {
    name: 'read > answers 2,000 keys in one batch',
    run: async ({ open, key, write, call }) => {
      const peer = await open()
      const names = Array.from({ length: 2_000 }, (_, at) => key(`${at}`))

      await peer.set(...names.map((name, at) => write(name, `${at}`)))
      const reads = await peer.store.getMany(names, call())

      const texts = reads.map((read) => (read?.type === 'entry' ? Buffer.from(read.payload).toString() : ''))
      expect(texts).toEqual(names.map((_, at) => `${at}`))
    },
  },
  {
    name: 'read > answers many batches at once, each its own',
    run: async ({ open, key, write, call }) => {
      const peer = await open()
      const names = Array.from({ length: 50 }, (_, at) => key(`${at}`))
      await peer.set(...names.map((name) => write(name, name)))

      const batches = await Promise.all(
        names.map((name, at) => peer.store.getMany([name, key(`absent:${at}`)], call())),
      )

      const found = batches.map(([first]) => (first?.type === 'entry' ? Buffer.from(first.payload).toString() : ''))
      expect(found).toEqual(names)
      expect(batches.every(([, second]) => second === undefined)).toBe(true)
    },
  },
  {
    name: 'read > gives a stale entry until its grace ends, and nothing after',
    run: async ({ open, key, write, wait, eventually, clock }) => {
      const peer = await open()
      await peer.set(write(key('x'), 'value', { ttlMs: 1, graceMs: 800 }))

      await wait(5)
      const stale = await peer.read(key('x'))

      expect(stale?.type === 'entry' && stale.staleAt <= clock.now()).toBe(true)
      await eventually(async () => expectNoEntry(await peer.read(key('x'))))
    },
  },
  {
    name: 'delete > removes the named keys and no other, absent ones without complaint',
    run: async ({ open, key, write }) => {
      const peer = await open()
      await peer.set(write(key('a'), 'A'), write(key('ab'), 'AB'), write(key('b'), 'B'))

      await peer.delete(key('a'), key('absent'), key('b'))
      await peer.delete(key('a'))

      expect(await peer.read(key('a'))).toBeUndefined()
      expect(await peer.read(key('b'))).toBeUndefined()
      expect(await peer.text(key('ab'))).toBe('AB')
    },
  },
  {
    name: 'delete > is seen by another process at once',
    run: async ({ open, key, write }) => {
      const [a, b] = [await open(), await open()]
      await a.set(write(key('x'), 'value'))
      const before = await b.text(key('x'))

      await a.delete(key('x'))

      expect(before).toBe('value')
      expectNoEntry(await b.read(key('x')))
    },
  },
  {
    name: 'batch > may be empty, for every method',
    run: async ({ open, call, abilities }) => {
      const peer = await open()

      expect(await peer.store.getMany([], call())).toEqual([])
      expect(await peer.store.setMany([], call())).toEqual([])
      await peer.store.deleteMany([], call())
      if (abilities.has('lease')) {
        expect(await peer.store.lease([], call())).toEqual([])
        expect(await peer.fillMany([])).toEqual([])
        await peer.store.release([], call())
      }
      if (abilities.has('settle')) expect(await peer.store.settle([], call())).toEqual([])
      if (abilities.has('expire')) await peer.store.expire([], call())
      if (abilities.has('tags')) await peer.store.invalidateTags([], call())
    },
  },
]
