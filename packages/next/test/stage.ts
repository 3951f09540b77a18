import assert from 'node:assert/strict'
import type { RedisServer } from '@holdfast/testing/redis'
import type { NextServer, Shown } from './next-app.ts'

/** Two servers of one application, and their Redis. */
export interface Stage {
  readonly redis: RedisServer
  readonly a: NextServer
  readonly b: NextServer
}

/** What must hold, in order: each goes on where the one before it ended. */
export type Steps = Readonly<Record<string, (stage: Stage) => Promise<void>>>

/** Longer than a busy machine needs; far less than the minutes that others hang. */
const patienceMs = 15_000

/** The page as soon as it is as wanted. @throws {Error} when it does not become so */
export async function until(server: NextServer, path: string, wanted: (shown: Shown) => boolean): Promise<Shown> {
  const startedAt = performance.now()
  for (;;) {
    const shown = await server.get(path)
    if (wanted(shown)) return shown
    if (performance.now() - startedAt > patienceMs)
      throw new Error(`${path} did not become what it should: ${shown.status} ${JSON.stringify(shown.values)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Both servers show the same value, which is not an earlier one. */
export async function agree({ a, b }: Stage, path: string, name: string, earlier?: string): Promise<string> {
  const first = await until(a, path, ({ values }) => values[name] !== undefined && values[name] !== earlier)
  const startedAt = performance.now()
  for (;;) {
    const [onA, onB] = [await a.get(path), await b.get(path)]
    const value = onB.values[name]
    if (value !== undefined && value !== earlier && value === onA.values[name]) return value
    if (performance.now() - startedAt > patienceMs)
      throw new Error(
        `${path}: A shows ${onA.values[name]}, B ${value}; at first ${first.values[name]}, before ${earlier}`,
      )
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Both servers have the pages in memory: what one read while it was written, it reads once more. Gives the value of one page. */
export async function inMemory(stage: Stage, paths: readonly string[], path: string, name: string): Promise<string> {
  for (let round = 0; round < 3; round++) {
    for (const one of paths) await Promise.all([stage.a.get(one), stage.b.get(one)])
  }
  return agree(stage, path, name)
}

/** The paths answer promptly on both servers, with 200. */
export async function answersPromptly({ a, b }: Stage, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    for (const server of [a, b]) {
      const { status, ms } = await server.get(path)
      assert.equal(status, 200, path)
      // A page, a handful of deadlines of 100 ms, and a slow machine.
      assert.ok(ms < 5_000, `${path} took ${Math.round(ms)} ms`)
    }
  }
}

/** How many connections there are to Redis. */
export async function connections({ redis }: Stage): Promise<number> {
  return String(await redis.command('CLIENT', 'LIST'))
    .trim()
    .split('\n').length
}

/** How many keys begin so. */
export async function countKeys({ redis }: Stage, prefix: string): Promise<number> {
  return ((await redis.command('KEYS', `${prefix}*`)) as readonly unknown[]).length
}
