import { globMatcher } from '@holdfast/core'
import { chunks } from './chunks.ts'
import { acknowledge } from './invalidate.ts'
import type { Command, Reply } from './link.ts'
import { refused } from './reply.ts'
import type { Session } from './session.ts'

const pageKeys = 500
const first = '0'

/**
 * One page of a walk over the keys that match a glob: their names and their keys in Redis. A key that stands there all the time is
 * met at least once; one may be met twice.
 */
export interface Page {
  readonly names: readonly string[]
  readonly keys: readonly Buffer[]
  /** Where the next page begins; `undefined` after the last. */
  readonly next: string | undefined
}

/** Reads a page; the first without `cursor`. */
export async function scanPage(
  session: Session,
  pattern: string,
  deadlineAt: number,
  cursor: string = first,
): Promise<Page> {
  const { keys } = session.ground
  const command: Command = ['SCAN', cursor, 'MATCH', redisGlob(keys.prefix, pattern), 'COUNT', String(pageKeys)]
  const [reply] = await session.exchange([command], deadlineAt)
  if (!Array.isArray(reply)) throw refused(reply)
  const [next, found] = reply as unknown as readonly [Reply, readonly Buffer[]]
  const matches = globMatcher(pattern)
  const page: { names: string[]; keys: Buffer[] } = { names: [], keys: [] }
  for (const key of found) {
    const name = keys.nameOf(key.toString('utf8'))
    if (name === undefined || !matches(name)) continue
    page.names.push(name)
    page.keys.push(key)
  }
  return { ...page, next: String(next) === first ? undefined : String(next) }
}

/**
 * Removes every key that matches, page by page, then announces the pattern: what others hold need not stand in Redis any more. Loads
 * under way are met too, for their leases are keys.
 */
export async function removeMatching(session: Session, pattern: string, pageMs: number): Promise<void> {
  const { clock } = session.ground
  let cursor: string | undefined = first
  while (cursor !== undefined) {
    const page: Page = await scanPage(session, pattern, clock.now() + pageMs, cursor)
    const removals = chunks(page.keys, session.ground.limits, (key) => key.length)
    await send(
      session,
      removals.map((keys): Command => ['UNLINK', ...keys]),
      pageMs,
    )
    cursor = page.next
  }
  await send(session, session.announce({ type: 'pattern', pattern }), pageMs)
}

/** Which of these keys hold an entry of ours, and not a lease or something foreign. */
export async function entriesAmong(
  session: Session,
  keys: readonly Buffer[],
  deadlineAt: number,
): Promise<readonly boolean[]> {
  const heads = await session.exchange(
    keys.map((key): Command => ['GETRANGE', key, '0', '9']),
    deadlineAt,
  )
  return heads.map((head) => Buffer.isBuffer(head) && head[0] === 0xc1 && head[9] === 1)
}

async function send(session: Session, commands: readonly Command[], pageMs: number): Promise<void> {
  acknowledge(session, commands, await session.exchange(commands, session.ground.clock.now() + pageMs))
}

/**
 * A glob of Redis that matches at least what ours does: there `?` is a byte, and a set has rules of its own. What it matches too
 * much, the cache's own matcher leaves out.
 */
export function redisGlob(prefix: string, pattern: string): string {
  let glob = literal(prefix)
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!
    if (char === '*') glob += '*'
    else if (char === '?') glob += '?*'
    else if (char === '[') {
      const end = pattern.indexOf(']', i + 1)
      glob += '*'
      if (end < 0) break
      i = end
    } else glob += literal(char === '\\' && i + 1 < pattern.length ? pattern[++i]! : char)
  }
  return glob
}

function literal(text: string): string {
  return text.replaceAll(/[*?[\]\\^]/g, String.raw`\$&`)
}
