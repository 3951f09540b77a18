import { systemClock } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { fakeClock, testRemoteStore, type RemoteAbility, type RemoteStoreSuite } from '../src/index.ts'
import { onStage } from '../src/suites/remote/stage.ts'
import { remoteStoreCases } from '../src/suites/remote/test-remote-store.ts'
import type { Fault } from './reference/fault.ts'
import { ReferenceRemote } from './reference/reference-remote.ts'
import { ReferenceServer } from './reference/server.ts'

const abilities: readonly RemoteAbility[] = [
  'lease',
  'settle',
  'expire',
  'tags',
  'matching',
  'clear',
  'scan',
  'listen',
  'guard',
  'barrier',
  'ping',
  'reopen',
  'describe',
]

function suiteOf(fault?: Fault): RemoteStoreSuite {
  // Only the system's event loop can stand still.
  const fake = fault === 'counts what came while the loop stood still' ? undefined : fakeClock()
  const clock = fake ?? systemClock
  const server = new ReferenceServer(clock)
  return {
    name: 'the reference',
    open: () => new ReferenceRemote(server, fault),
    abilities,
    clock,
    ...(fake === undefined ? {} : { wait: fake.advance.bind(fake), stall: fake.stall.bind(fake) }),
    backend: {
      plant: async (key, what) => {
        // The first nine bytes would be the token.
        const id = what === 'list' ? what : Buffer.from(what.subarray(0, 9)).toString('hex')
        await Promise.resolve(server.cells.set(key, { type: 'foreign', id }))
      },
      evict: async (key) => {
        await Promise.resolve(server.cells.delete(key))
      },
      wipe: async () => {
        await Promise.resolve(server.wipe())
      },
      freeze: async () => {
        await Promise.resolve(server.freeze())
      },
      thaw: () => server.thaw(),
    },
  }
}

testRemoteStore(suiteOf())

describe('an ability that there is none of', () => {
  it.each([
    ['invalidateTags', '"invalidateTags" is a method: the ability is called "tags".'],
    ['fill', '"fill" is a method: the ability is called "lease".'],
    ['tag', 'There is no ability "tag". There are: lease, settle, '],
  ])('is refused: %s', (ability, message) => {
    expect(() => testRemoteStore({ ...suiteOf(), abilities: [ability as never] })).toThrow(message)
  })
})

/** For each way to break the reference, the case that must find it. */
const found: Readonly<Record<Fault, string>> = {
  'answers in the order of its own':
    'read > answers in the order of the keys, repeated ones too, and undefined for what is absent',
  'keeps what has expired': 'read > gives a stale entry until its grace ends, and nothing after',
  'lets the first writer win': 'write > lets the last writer win, in a batch as well',
  'fills without its check': 'late fill > loses after a delete, by the same process or another',
  'takes absence for a token':
    'late fill > loses after a set and a delete, though the key is absent again (absent-absent-aba)',
  'releases whatever is there': 'release > of a lease that was lost removes nothing',
  'settles whatever is there': 'settle > removes the key when the lease was lost',
  'ignores holds': 'hold > lets nothing be filled for its length, and everything after',
  'takes tag versions after the load':
    'late fill > is no hit when one of its tags was invalidated meanwhile (tag-bumped-during-load)',
  'lets late tags through': 'late fill > is no hit when a tag that only its value told was invalidated meanwhile',
  'ends one tag of a batch': 'tags > end every entry that names one of them, and no other',
  'keeps guards of tags': 'tags > end the copies in memory by a guard that entries share',
  'expires the grace as well': 'expire > makes an entry stale from now on, and leaves its grace as it was',
  'lengthens lives': 'expire > never lengthens a life',
  'takes patterns for prefixes': 'matching > understands * and ?, what is escaped, and nothing else',
  'clears entries but not leases': 'late fill > is no hit after everything was cleared (clear-under-load)',
  'scans one page': 'scan > finds every key that matches, by its own name, and nothing else',
  'announces what it removed only': 'listen > hears what another process deletes, set or not',
  'announces fills': 'listen > hears nothing of loads',
  'hears itself': 'listen > hears nothing of what it did itself',
  'drains once': 'journal > is asked for until it is empty, and nothing is read before it was applied',
  'reads before the journal': 'journal > invalidates tags',
  'keeps guards across sessions':
    'reopen > ends the session: tells of the gap, asks for the journal, ends the guards, and reads again',
  'keeps leases across sessions': 'reopen > makes leases of the session before it lose',
  'has no deadline': 'deadline > rejects getMany in time when nothing answers',
  'counts what came while the loop stood still':
    'deadline > counts no answer as late that had come while the event loop stood still',
  'leaves pending calls': 'close > rejects what is pending, at once',
  'takes foreign bytes for entries': 'foreign > random bytes are a miss',
  'takes foreign bytes for tokens':
    'foreign > values are no token: what was planted twice lets no late fill through (foreign-empty)',
  'throws at other types': 'foreign > bytes are a miss, and do not disturb the rest of the batch',
}

describe('testRemoteStore', () => {
  it.each(Object.entries(found) as [Fault, string][])('finds a store that %s', async (fault, name) => {
    const suite = suiteOf(fault)
    const finder = remoteStoreCases(suite).find((each) => each.name === name)

    await expect(onStage(suite, finder!.run)).rejects.toThrow(/./)
  })

  it('finds abilities that were not declared, and declared ones that are absent', async () => {
    const cases = remoteStoreCases(suiteOf())
    const finder = cases.find(
      (each) => each.name === 'abilities > are those that were declared, whole ones, and no stubs',
    )!
    const without = { ...suiteOf(), abilities: abilities.filter((each) => each !== 'scan') }

    await expect(onStage(without, finder.run)).rejects.toThrow(/scan/)
  })

  it('leaves out the cases of abilities and of hands on the server that are absent', () => {
    const bare = remoteStoreCases({ abilities: [] }).map((each) => each.name)

    expect(bare).toContain('write > lets the last writer win, in a batch as well')
    expect(bare.filter((name) => /^(lease|tags|listen|foreign|deadline)/.test(name))).toEqual([])
  })
})
