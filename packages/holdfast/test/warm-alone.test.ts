import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

it('a program that only waits for its warming lives to see the end of it', async () => {
  const program = join(import.meta.dirname, 'warm-alone.ts')

  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--conditions=@holdfast/source', program])

  expect(stdout).toBe('unreachable\n')
  expect(stderr).toMatch(
    /^\(node:\d+\) HoldfastWarning: The cache "kit" cannot use its remote store .*ECONNREFUSED.*\n\(Use .*\)\n$/,
  )
})
