import type { InvalidationListener } from './contracts.ts'
import type { Tiers } from './tiers.ts'

/** Keeps the tiers coherent with what the remote store hears. Ends with the returned function. */
export function listen(tiers: Tiers, heartbeatMs: number): () => void {
  const { remote, clock, journal, events, maxStalenessMs } = tiers.parts
  if (remote?.store.listen === undefined) return () => undefined
  const replayed = { keys: 0, tags: 0, all: false }
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
      if (replayed.keys + replayed.tags === 0 && !replayed.all) return
      events.emit('repaired', { ...replayed })
      Object.assign(replayed, { keys: 0, tags: 0, all: false })
    },
    drain() {
      const taken = journal.take()
      if (taken === undefined) return undefined
      replayed.keys += taken.keys.length
      replayed.tags += taken.tags.length
      replayed.all ||= taken.all
      return taken
    },
    restore(journalled) {
      replayed.keys -= journalled.keys.length
      replayed.tags -= journalled.tags.length
      replayed.all &&= !journalled.all
      journal.restore(journalled)
    },
    state(state, cause) {
      events.emit('remoteState', cause === undefined ? { state } : { state, cause })
    },
  }
  return remote.store.listen(listener, { clock, maxStalenessMs, heartbeatMs })
}
