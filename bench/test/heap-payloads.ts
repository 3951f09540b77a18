import { msgpack } from '@holdfast/msgpack'

import { makeRows } from '../src/suites/payloads.ts'

type Text = (of: string) => string

/** Makes the i-th value of its kind; strings go through `text`. */
type MakePayload = (i: number, text: Text) => unknown

const rows = makeRows(1_024)

const serializer = msgpack()

/** A value as it comes from Redis: nothing of it is shared. */
const own = (value: unknown): unknown => serializer.deserialize(serializer.serialize(value))

/** What the suites keep in memory. */
export const payloads = {
  'two numbers': (i) => ({ id: i, v: i * 2 }),
  'a row': (i) => own(rows[i % rows.length]),
  'ten rows': (i) => own(rows.slice(i % 1_000, (i % 1_000) + 10)),
  'a text of 2 KB': (i, text) => text(`${i}`.padEnd(2_000, 'x')),
  'bytes of 1 KB': (i) => new Uint8Array(1_000).fill(i),
} satisfies Record<string, MakePayload>
