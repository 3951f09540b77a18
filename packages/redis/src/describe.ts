import type { RemoteDescription } from '@holdfast/core'
import type { Node } from './node.ts'
import type { Session } from './session.ts'

/** What the store says of itself: which promises do not hold here, and why. */
export function describe(node: Node): RemoteDescription {
  const session = node.current
  const isListening = node.ground.listener !== undefined
  return {
    name: 'redis',
    coherence: isListening && session?.hearing !== 'refused' ? 'announcements' : 'max-staleness',
    limits: session === undefined ? [] : limitsOf(session),
    state: node.state,
    details: {
      address: node.address,
      prefix: node.ground.keys.prefix,
      sessions: node.sessions,
      ...(node.cause === undefined ? {} : { cause: causeOf(node.cause) }),
      ...(session === undefined ? {} : detailsOf(session)),
    },
  }
}

/** Which promises do not hold in a session. */
export function limitsOf(session: Session): readonly string[] {
  const limits: string[] = []
  if (session.hearing === 'refused')
    limits.push('Redis does not let this process listen to announcements: memory copies live for maxStaleness at most.')
  if (session.isMute)
    limits.push('Redis does not let this process announce: others serve what it invalidates until their copies end.')
  if (session.isScriptless)
    limits.push(
      'Redis runs no scripts for this process: what is loaded is kept in memory only, each process loads by itself, `expire` removes.',
    )
  if (session.isUnfenced)
    limits.push('Redis does not let this process close its former connections: a write that timed out may land late.')
  if (!session.time.isKnown)
    limits.push('Redis does not tell its time: entries live by the clock of the process that wrote them.')
  if (session.runId === '')
    limits.push(
      'Redis does not tell its run id: after a restart from an older file, what was invalidated since may come back.',
    )
  return limits
}

function detailsOf(session: Session): Readonly<Record<string, string | number | boolean>> {
  return {
    version: session.server.version,
    hearing: session.hearing,
    tags: session.tags.size,
    clockAheadMs: Math.round(session.time.aheadMs),
  }
}

/** The error that began it: what it is wrapped in says only that Redis cannot be used. */
export function causeOf(error: Error): string {
  return error.cause instanceof Error ? causeOf(error.cause) : error.message
}
