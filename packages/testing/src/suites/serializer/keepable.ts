import * as fc from 'fast-check'

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.boolean(),
  fc.constantFrom(null, undefined, -0, Number.NaN, Infinity),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array(),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  fc.int32Array(),
  fc.float64Array(),
  fc.bigInt64Array(),
  fc.webUrl().map((text) => new URL(text)),
)

const field: fc.Arbitrary<string> = fc
  .oneof(fc.string(), fc.constantFrom('prototype', 'toString', 'length', '0', 'type', 'value', '$', '@'))
  // `constructor` misleads the comparison, `__proto__` may be refused; both have cases of their own.
  .filter((name) => name !== '__proto__' && name !== 'constructor')

/** Any value made of the types that every serializer keeps, about five deep. */
export const keepable: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 6 }),
    // Rows: objects that have the same fields.
    fc
      .uniqueArray(field, { minLength: 1, maxLength: 4 })
      .chain((fields) =>
        fc
          .array(fc.tuple(...fields.map(() => tie('value'))), { maxLength: 6 })
          .map((rows) => rows.map((row) => Object.fromEntries(fields.map((name, index) => [name, row[index]])))),
      ),
    fc.dictionary(field, tie('value'), { maxKeys: 6, noNullPrototype: true }),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => new Set(items)),
  ),
})).value
