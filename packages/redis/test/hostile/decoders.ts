import type { Invalidation } from '@holdfast/core'
import { announcements, heardIn } from '../../src/announcement.ts'
import { redirectionIn, viewIn } from '../../src/cluster-view.ts'
import { infoOf, sumOf } from '../../src/info.ts'
import { slotCount } from '../../src/slot.ts'

/** What reads bytes from a server or a channel, valid ones, and what must hold for any others. */
export interface Decoder {
  readonly name: string
  readonly samples: readonly Uint8Array[]
  readonly check: (bytes: Buffer) => void
}

const me = 'abcdefgh'
const other = 'ABCDEFGH'
const announced: readonly Invalidation[] = [
  { type: 'keys', names: ['user:1'] },
  { type: 'keys', names: ['a', 'ä', 'x'.repeat(300)] },
  { type: 'tags', names: ['team'] },
  { type: 'tags', names: ['@session', '@@mine'] },
  { type: 'pattern', pattern: 'user:*' },
  { type: 'all' },
]

const announcement: Decoder = {
  name: 'announcement',
  samples: [
    ...announced.flatMap((what) => announcements(other, what).map((message) => Buffer.from(message as Uint8Array))),
    ...announcements(me, { type: 'keys', names: ['own'] }).map((message) => Buffer.from(message as string)),
  ],
  check(bytes) {
    const heard = heardIn(bytes, me)
    if (heard === undefined) {
      if (bytes.toString('latin1', 0, 8) !== me) throw new Error('It was taken for an own one.')
      return
    }
    // Too much is safe. Names are believed only if every byte is theirs, so that none of what was announced is missed.
    if (heard.type === 'all') return
    const names = heard.type === 'pattern' ? [heard.pattern] : heard.names
    if (names.length === 0 || names.includes('')) throw new Error('It says nothing.')
    if (!said(String.fromCharCode(bytes[8]!), names).equals(bytes.subarray(8)))
      throw new Error('It was read as another.')
  },
}

/** What an announcement says after who says it. */
function said(kind: string, names: readonly string[]): Buffer {
  if ('ktp'.includes(kind)) return Buffer.from(kind + names[0])
  const lengths = names.map((name) => Buffer.of(Buffer.byteLength(name) >> 8, Buffer.byteLength(name)))
  return Buffer.concat([Buffer.from(kind), ...names.flatMap((name, at) => [lengths[at]!, Buffer.from(name)])])
}

const asked = { host: '10.0.0.9', port: 7_000 }

const cluster: Decoder = {
  name: 'CLUSTER NODES',
  samples: [
    Buffer.from(
      `07c37d 127.0.0.1:30004@31004,hostname4 slave e7d1ee 0 1426238317239 4 connected
67ed2d :30002@31002,hostname2 myself,master - 0 1426238316232 2 connected 5461-10922 [93->-292f8b]
292f8b 127.0.0.1:30003@31003 master - 0 1426238318243 3 connected 10923-16383 77 [77-<-67ed2d]
6ec239 :0@0 master,noaddr - 1426238316232 0 1 disconnected 0-5460
`,
    ),
    Buffer.from('e7d1ee ::1:30001@31001 myself,master - 0 0 1 connected 0-16383\r\n'),
  ],
  check(bytes) {
    const view = viewIn(bytes, asked)
    if (view === undefined) return
    if (!Number.isSafeInteger(view.epoch)) throw new Error('It has no epoch.')
    for (const { port, slots } of view.primaries) {
      if (!(port >= 0 && port <= 65_535)) throw new Error(`It has the port ${port}.`)
      for (const [from, to] of slots)
        if (!(from >= 0 && from <= to && to < slotCount)) throw new Error(`It has the slots ${from}-${to}.`)
    }
  },
}

const redirection: Decoder = {
  name: 'MOVED and ASK',
  samples: ['MOVED 3999 127.0.0.1:6381', 'ASK 16383 ::1:6381', 'MOVED 0 :6379', 'ASK 1 ?:6379'].map((each) =>
    Buffer.from(each),
  ),
  check(bytes) {
    const found = redirectionIn(bytes.toString(), asked)
    if (found === undefined) return
    if (!(found.slot >= 0 && found.slot < slotCount)) throw new Error(`It leads to the slot ${found.slot}.`)
    if (!(found.to.port >= 0 && found.to.port <= 65_535)) throw new Error(`It leads to the port ${found.to.port}.`)
  },
}

const info: Decoder = {
  name: 'INFO',
  samples: [
    Buffer.from('# Memory\r\nused_memory:871816\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n'),
    Buffer.from(
      '# Stats\r\ntotal_commands_processed:12\r\nevicted_keys:3\r\nkeyspace_hits:1\r\nuptime_in_seconds:9\r\n',
    ),
  ],
  check(bytes) {
    const told = infoOf([bytes, null, 7])
    for (const [name, value] of Object.entries(sumOf([told, told])))
      if (name !== 'evictionPolicy' && !Number.isFinite(value)) throw new Error(`${name} is ${value}.`)
  },
}

export const decoders: readonly Decoder[] = [announcement, cluster, redirection, info]
