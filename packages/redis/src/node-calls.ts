import { InvalidOptionError, RemoteTimeoutError, type Invalidation, type RemoteRead } from '@holdfast/core'
import type { Node } from './node.ts'
import { suspect } from './oversized.ts'
import { readIn } from './read.ts'
import type { Session } from './session.ts'

/** Reads keys of a node in the session that is open. */
export async function readOn(node: Node, keys: readonly string[], deadlineAt: number): Promise<readonly RemoteRead[]> {
  for (;;) {
    const session = node.current ?? (await node.session(deadlineAt))
    try {
      const found = await readIn(session, keys, deadlineAt)
      if (found !== undefined) return found
    } catch (error) {
      const { ground } = session
      if (error instanceof RemoteTimeoutError)
        suspect(
          session,
          keys.map((key) => ground.keys.key(key)),
        )
      // Reading again in the next session is safe; waiting for it ends by the deadline.
      if (!session.isEnded || error instanceof RemoteTimeoutError) throw error
    }
  }
}

/** Makes a change. When it is not known to hold, the session ends: what was missed is replayed before anything is read. */
export async function changeOn<T>(
  node: Node,
  { what, deadlineAt }: { readonly what: Invalidation; readonly deadlineAt: number },
  make: (session: Session) => Promise<T>,
): Promise<T> {
  const session = node.current ?? (await node.session(deadlineAt))
  try {
    const made = await make(session)
    node.ground.acknowledged?.add(what)
    return made
  } catch (error) {
    if (!(error instanceof InvalidOptionError)) node.fail(session, error as Error)
    throw error
  }
}
