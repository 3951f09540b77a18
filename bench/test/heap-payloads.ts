import { msgpack } from '@holdfast/msgpack'

import { makeRows } from '../src/suites/payloads.ts'

type Text = (of: string) => string

/** Makes the i-th value of its kind; strings go through `text`. */
type MakePayload = (i: number, text: Text) => unknown

const rows = makeRows(1_024)

const serializer = msgpack()

/** A value as it comes from Redis: nothing of it is shared. */
const own = (value: unknown): unknown => serializer.deserialize(serializer.serialize(value))

const ten = <T>(make: (at: number) => T): readonly T[] => Array.from({ length: 10 }, (_, at) => make(at))

/** What the suites keep in memory. */
export const payloads = {
  'two numbers': (i) => ({ id: i, v: i * 2 }),
  'a row': (i) => own(rows[i % rows.length]),
  'ten rows': (i) => own(rows.slice(i % 1_000, (i % 1_000) + 10)),
  'a text of 2 KB': (i, text) => text(`${i}`.padEnd(2_000, 'x')),
  'bytes of 1 KB': (i) => new Uint8Array(1_000).fill(i),
  'a map of texts': (i, text) => new Map(ten((at) => [text(`key ${at} of ${i}`), text(`value ${at} of ${i}`)])),
  'a set of texts': (i, text) => new Set(ten((at) => text(`member ${at} of ${i}`))),
  'dates and large numbers': (i) => ten((at) => ({ at: new Date(i + at), size: BigInt(i) ** 2n })),
} satisfies Record<string, MakePayload>
