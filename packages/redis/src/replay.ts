import type { Journalled } from '@holdfast/core'
import { removeKeys, renewEpoch, renewTags } from './invalidate.ts'
import type { Session } from './session.ts'

const keysAtOnce = 512

/**
 * Applies and announces what was journalled, again and again until nothing is left and the epoch is known; then calls `done`, in the
 * tick that found it so: nothing can be journalled in between (§7 "journal-grows-during-replay").
 *
 * @throws when it cannot be applied; it is back in the journal then
 */
export async function replay(session: Session, done: () => void): Promise<void> {
  for (;;) {
    const journalled = session.ground.listener?.drain()
    if (journalled !== undefined) await apply(session, journalled)
    // Another's is asked for by who needs it.
    else if (session.root === session && session.epoch.isDirty) await session.askEpoch()
    else return done()
  }
}

async function apply(session: Session, journalled: Journalled): Promise<void> {
  try {
    await invalidateAll(session, journalled)
    session.ground.listener?.applied(journalled)
  } catch (error) {
    session.ground.listener?.restore(journalled)
    throw error
  }
}

/** Invalidates and announces, and remembers that it was acknowledged. */
export async function invalidateAll(session: Session, { keys, tags, all }: Journalled): Promise<void> {
  const { acknowledged } = session.ground
  if (all) await renewEpoch(session, session.ownDeadline())
  for (const names of slices(keys)) await removeKeys(session, names, session.ownDeadline())
  for (const names of slices(tags)) await renewTags(session, names, session.ownDeadline())
  if (all) acknowledged?.add({ type: 'all' })
  acknowledged?.add({ type: 'keys', names: keys })
  acknowledged?.add({ type: 'tags', names: tags })
}

function* slices(names: readonly string[]): Iterable<readonly string[]> {
  for (let at = 0; at < names.length; at += keysAtOnce) yield names.slice(at, at + keysAtOnce)
}
