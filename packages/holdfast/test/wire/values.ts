/** What the recorded bytes say, by key: a value of each kind that the formats know. */
export const values: Readonly<Record<string, unknown>> = {
  text: 'größe 😀',
  number: -1.5,
  'whole:large': 4_294_967_296,
  nothing: null,
  flag: false,
  'row:1': { id: 1, name: 'Ada', rate: 0.25, tags: ['a', 'b'], at: new Date('2026-11-27T12:00:00.000Z') },
  rows: Array.from({ length: 40 }, (_, i) => ({ id: i, name: `lead ${i}`, isOpen: i % 2 === 0, note: undefined })),
  bigint: 123_456_789_012_345_678_901n,
  map: new Map<unknown, unknown>([
    ['a', 1],
    [2, new Set(['x'])],
  ]),
  bytes: Buffer.from([0, 1, 254, 255]),
  floats: new Float64Array([0.5, -0, Number.NaN]),
  url: new URL('https://example.com/a?b=c'),
  pattern: /a+b/giu,
}

/** What JSON can say of them. */
export const jsonValues: Readonly<Record<string, unknown>> = {
  text: values['text'],
  number: values['number'],
  nothing: null,
  'row:1': { id: 1, name: 'Ada', nested: [{ deep: true }] },
}
