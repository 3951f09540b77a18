import { chunks } from './chunks.ts'
import { removeLarger, run } from './scripts.ts'
import type { Session } from './session.ts'

/** Core writes nothing larger by default, and nobody reads it within a deadline. */
const mostBytes = 16 * 1024 * 1024

/** Removes what is too large under keys that are suspected. Nothing is announced: what is missing is read and loaded again. */
export async function removeOversized(session: Session): Promise<void> {
  const { suspects } = session.ground
  const keys = suspects.take()
  if (keys.length === 0) return
  try {
    // One script: it runs at the server at once, though its reply comes behind the value that is in the way.
    const { limits } = session.ground
    const commands = chunks(keys, limits, () => 0).map((batch) => run(removeLarger, batch, [String(mostBytes)]))
    await session.exchange(commands, session.ownDeadline())
  } catch (error) {
    // The next session, or the next heartbeat, looks again.
    suspects.add(keys)
    throw error
  }
}

/** Looks behind the caller whose read has just run out of time; one look at a time. */
export function suspect(session: Session, redisKeys: readonly string[]): void {
  const { suspects } = session.ground
  suspects.add(redisKeys)
  if (suspects.isLooking || session.isEnded) return
  suspects.isLooking = true
  removeOversized(session)
    .catch(() => undefined)
    .finally(() => (suspects.isLooking = false))
}
