import * as fc from 'fast-check'
import { expect } from 'vitest'
import { expectNoEntry } from './peer.ts'
import type { RemoteCase, RemoteSubject } from './subject.ts'

/** What other programs leave under our keys: empty, text, JSON, and beginnings that look like ours. */
const foreign: readonly Uint8Array[] = [
  [],
  [0],
  [0xc1],
  [0xc1, 0, 0, 0, 0, 0, 0, 0, 0],
  [0xc1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  [0xc1, 0, 0, 0, 0, 0, 0, 0, 0, 0x77, 1, 2, 3],
  [0xc1, ...Array.from({ length: 60 }, () => 0xff)],
  Array.from({ length: 100 }, () => 0xc1),
  [...Buffer.from('text')],
  [...Buffer.from('{"json":[1,2,3],"long":"enough"}')],
].map((bytes) => Uint8Array.from(bytes))

export const foreignCases: readonly RemoteCase[] = [
  {
    name: 'foreign > bytes are a miss, and do not disturb the rest of the batch',
    backend: ['plant'],
    run: async ({ open, key, write, call, backend }) => {
      const peer = await open()
      await peer.set(write(key('ours'), 'OURS'))
      for (const [at, bytes] of foreign.entries()) await backend.plant(key(`${at}`), bytes)
      await backend.plant(key('list'), 'list')

      const names = [...foreign.map((_, at) => key(`${at}`)), key('list')]
      const reads = await peer.store.getMany([...names, key('ours')], call())

      for (const read of reads.slice(0, -1)) expectNoEntry(read)
      const ours = reads.at(-1)
      expect(ours?.type === 'entry' && Buffer.from(ours.payload).toString()).toBe('OURS')
    },
  },
  {
    name: 'foreign > random bytes are a miss',
    backend: ['plant'],
    run: async ({ open, key, call, backend }) => {
      const peer = await open()
      const arbitrary = fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 120 }))
      const samples = fc.sample(arbitrary, 200).map(([ours, bytes]) => (ours ? Uint8Array.of(0xc1, ...bytes) : bytes))
      for (const [at, bytes] of samples.entries()) await backend.plant(key(`${at}`), bytes)

      const reads = await peer.store.getMany(
        samples.map((_, at) => key(`${at}`)),
        call(),
      )

      for (const read of reads) expectNoEntry(read)
    },
  },
  {
    name: 'foreign > what was cut or changed is a miss or an entry, and nothing worse',
    backend: ['plant', 'peek'],
    run: async ({ open, key, tag, write, call, backend, abilities }) => {
      const peer = await open()
      const tags = abilities.has('tags') ? [tag('t'), tag('u')] : []
      await peer.set(write(key('x'), 'payload', { tags }))
      const bytes = (await backend.peek(key('x')))!
      const damaged = Array.from({ length: bytes.length }, (_, at) => [bytes.slice(0, at), changed(bytes, at)]).flat()
      for (const [at, each] of damaged.entries()) await backend.plant(key(`${at}`), each)

      const reads = await peer.store.getMany(
        damaged.map((_, at) => key(`${at}`)),
        call(),
      )

      expect(reads).toHaveLength(damaged.length)
      // Cut in the head there is no entry; whole heads of other keys' bytes may be one.
      expectNoEntry(reads[0])
      expectNoEntry(reads[2 * 9])
    },
  },
  {
    name: 'foreign > values give way to a load',
    needs: ['lease'],
    backend: ['plant'],
    run: async (subject) => {
      const peer = await subject.open()
      for (const [at, what] of [...foreign, 'list' as const].entries()) {
        const name = subject.key(`${at}`)
        await subject.backend.plant(name, what)

        const stored = await peer.fill(await peer.lease(name), subject.write(name, 'loaded'))

        expect(stored).toBeDefined()
        expect(await peer.text(name)).toBe('loaded')
      }
    },
  },
  {
    name: 'foreign > values are no token: what was planted twice lets no late fill through (foreign-empty)',
    needs: ['lease'],
    backend: ['plant'],
    run: async (subject) => {
      const peer = await subject.open()
      // Bytes in the very format of the store are not foreign: whoever writes those speaks its protocol.
      const unlike = foreign.filter((bytes) => bytes.length < 9 || bytes[0] !== 0xc1)
      for (const [at, bytes] of unlike.entries()) await replant(subject, peer, subject.key(`${at}`), bytes)
    },
  },
  {
    name: 'foreign > values can be written over and deleted',
    backend: ['plant'],
    run: async ({ open, key, write, backend }) => {
      const peer = await open()
      for (const what of [Uint8Array.from([1]), 'list' as const]) {
        await backend.plant(key('x'), what)
        await backend.plant(key('y'), what)

        await peer.set(write(key('x'), 'X'))
        await peer.delete(key('y'))

        expect(await peer.text(key('x'))).toBe('X')
        expect(await peer.read(key('y'))).toBeUndefined()
      }
    },
  },
]

/** A load begins over foreign bytes; a delete follows, and the same bytes come again before the load ends. */
async function replant(
  { backend, write }: RemoteSubject,
  peer: Awaited<ReturnType<RemoteSubject['open']>>,
  name: string,
  bytes: Uint8Array,
): Promise<void> {
  await backend.plant(name, bytes)
  const lease = await peer.lease(name)
  await peer.delete(name)
  await backend.plant(name, bytes)

  expect(await peer.fill(lease, write(name, 'late'))).toBeUndefined()
  expectNoEntry(await peer.read(name))
}

function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice()
  copy[at]! ^= 0x15
  return copy
}
