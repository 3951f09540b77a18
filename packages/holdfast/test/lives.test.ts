import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)

async function liveThrough(way: 'open' | 'reconnect', times: number): Promise<Record<string, unknown>> {
  const args = ['--conditions=@holdfast/source', join(import.meta.dirname, 'many-lives.ts'), way, String(times)]
  // A process that does not end by itself is killed, which rejects.
  const { stdout } = await run(process.execPath, args, { timeout: 60_000, killSignal: 'SIGKILL' })
  return Object.assign(
    {},
    ...stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
  ) as Record<string, unknown>
}

describe('a process with a cache', () => {
  it.each(['open', 'reconnect'] as const)(
    'keeps nothing of a hundred lives, and ends by itself: %s',
    async (way) => {
      const { endedAfterMs, ...rest } = await liveThrough(way, 100)

      expect(rest).toEqual({ unhandled: 0, connections: 0, listeners: 0, left: [] })
      // What keeps it alive are timers of connections that have ended; they last for seconds.
      expect(endedAfterMs).toBeLessThan(1_000)
    },
    70_000,
  )
})
