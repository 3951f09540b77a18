import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

import { payloads } from './heap-payloads.ts'

const script = join(import.meta.dirname, 'heap-growth.ts')

describe('the estimate of the bytes that entries take', () => {
  it.each(Object.keys(payloads))(
    'is within a quarter of what the heap grows by: %s',
    async (name) => {
      const flags = ['--expose-gc', '--conditions=@holdfast/source']
      const { stdout } = await promisify(execFile)(process.execPath, [...flags, script, name])
      const { size, estimated, grown } = JSON.parse(stdout) as { size: number; estimated: number; grown: number }

      expect(size).toBe(32_000)
      expect(estimated / grown).toBeGreaterThan(0.75)
      expect(estimated / grown).toBeLessThan(1.25)
    },
    60_000,
  )
})
