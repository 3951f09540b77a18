import { setImmediate } from 'node:timers/promises'
import { RemoteTimeoutError } from '@holdfast/core'
import { expect } from 'vitest'
import type { Peer } from './peer.ts'
import type { RemoteAbility, RemoteCase, RemoteSubject } from './subject.ts'

const backend = ['freeze', 'thaw'] as const
const withinMs = 80

/** A case that one method rejects in time when nobody answers. */
function rejects(
  method: string,
  ability: RemoteAbility | undefined,
  ask: (peer: Peer, subject: RemoteSubject) => Promise<unknown>,
): RemoteCase {
  return {
    name: `deadline > rejects ${method} in time when nothing answers`,
    needs: ability === undefined ? [] : [ability],
    backend,
    run: async (subject) => {
      const peer = await subject.open()
      await subject.backend.freeze()

      const outcome = ask(peer, subject).then(
        () => 'resolved',
        (error: unknown) => error,
      )

      expect(await Promise.race([outcome, subject.wait(5_000)])).toBeInstanceOf(RemoteTimeoutError)
    },
  }
}

export const deadlineCases: readonly RemoteCase[] = [
  rejects('getMany', undefined, ({ store }, { key, call }) => store.getMany([key('x')], call(withinMs))),
  rejects('setMany', undefined, ({ store }, { key, call, write }) =>
    store.setMany([write(key('x'), 'X')], call(withinMs)),
  ),
  rejects('deleteMany', undefined, ({ store }, { key, call }) => store.deleteMany([key('x')], call(withinMs))),
  rejects('lease', 'lease', ({ store }, { key, call }) =>
    store.lease([{ key: key('x'), tags: [], leaseMs: 30_000, seen: undefined }], call(withinMs)),
  ),
  rejects('settle', 'settle', ({ store }, { key, call }) =>
    store.settle([{ key: key('x'), lease: undefined, write: undefined }], call(withinMs)),
  ),
  rejects('expire', 'expire', ({ store }, { key, call }) => store.expire([key('x')], call(withinMs))),
  rejects('invalidateTags', 'tags', ({ store }, { tag, call }) => store.invalidateTags([tag('t')], call(withinMs))),
  rejects('invalidateMatching', 'matching', ({ store }, { key, call }) =>
    store.invalidateMatching(key('*'), call(withinMs)),
  ),
  rejects('clear', 'clear', ({ store }, { call }) => store.clear(call(withinMs))),
  rejects('ping', 'ping', ({ store }, { call }) => store.ping(call(withinMs))),
  {
    name: 'deadline > is over when the server answers again',
    backend,
    run: async ({ open, key, write, call, backend: { freeze, thaw }, eventually, wait }) => {
      const peer = await open()
      await freeze()
      const outcome = peer.store.getMany([key('x')], call(withinMs)).catch((error: unknown) => error)
      expect(await Promise.race([outcome, wait(5_000)])).toBeInstanceOf(RemoteTimeoutError)

      await thaw()

      await eventually(async () => {
        await peer.set(write(key('x'), 'X'))
        expect(await peer.text(key('x'))).toBe('X')
      })
    },
  },
  {
    name: 'deadline > counts no answer as late that had come while the event loop stood still',
    backend,
    run: async ({ open, key, write, call, backend: { freeze, thaw }, stall }) => {
      const peer = await open()
      await peer.set(write(key('x'), 'X'))
      await freeze()
      const reads = peer.store.getMany([key('x')], call(withinMs))
      // The request is on its way when the loop has turned. Behind an immediate timers come first, and the input after them.
      await setImmediate()
      await thaw()
      stall(withinMs * 3)

      const [read] = await reads

      expect(read?.type === 'entry' && Buffer.from(read.payload).toString()).toBe('X')
    },
  },
]
