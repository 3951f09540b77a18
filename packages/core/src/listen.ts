import type { InvalidationListener } from './contracts.ts'
import type { Tiers } from './tiers.ts'

/** Keeps the tiers coherent with what the remote store hears. Ends with the returned function. */
export function listen(tiers: Tiers, heartbeatMs: number): () => void {
  const { remote, clock, journal, events, maxStalenessMs } = tiers.parts
  if (remote?.store.listen === undefined) return () => undefined
  const listener: InvalidationListener = {
    heard(what) {
      tiers.heard++
      tiers.forget(what)
      tiers.invalidated(what, 'remote')
    },
    gap() {
      tiers.gaps++
      tiers.detachAll()
      events.emit('gap', { gaps: tiers.gaps })
    },
    drain() {
      return journal.take()
    },
    applied(journalled) {
      journal.applied(journalled)
      tiers.repaired(journalled)
    },
    restore(journalled) {
      journal.restore(journalled)
    },
    state(state, cause) {
      events.emit('remoteState', cause === undefined ? { state } : { state, cause })
    },
  }
  return remote.store.listen(listener, { clock, maxStalenessMs, heartbeatMs })
}
