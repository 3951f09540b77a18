import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

it('has types for legacy decorators too', async () => {
  const compiler = resolve(import.meta.dirname, '../../../node_modules/.bin/tsc')

  const checked = await promisify(execFile)(compiler, ['-p', join(import.meta.dirname, 'legacy')]).then(
    ({ stdout }) => stdout,
    (error: { readonly stdout: string }) => error.stdout,
  )

  expect(checked).toBe('')
}, 60_000)
