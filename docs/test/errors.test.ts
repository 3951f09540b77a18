import * as holdfast from 'holdfast'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

it('docs/reference/errors.md lists every class of error with its code, and no other', () => {
  const page = readFileSync(join(import.meta.dirname, '../reference/errors.md'), 'utf8')
  const listed = Array.from(
    page.matchAll(/^\| `(ERR_HOLDFAST_\w+)` \| `(\w+)` \|/gm),
    ([, code, name]) => `${name} ${code}`,
  )

  const classes = Object.values(holdfast).filter((value) => isErrorClass(value) && value !== holdfast.HoldfastError)

  const thrown = classes.map((value) => new (value as new (message: string) => holdfast.HoldfastError)('message'))
  expect(listed.toSorted()).toEqual(thrown.map((error) => `${error.name} ${error.code}`).toSorted())
})

function isErrorClass(value: unknown): boolean {
  return typeof value === 'function' && value.prototype instanceof holdfast.HoldfastError
}
