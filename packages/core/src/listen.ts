import type { InvalidationListener } from './contracts.ts'
import { RemoteTimeoutError } from './errors.ts'
import type { Tiers } from './tiers.ts'

/** Keeps the tiers coherent with what the remote store hears. Ends with the returned function. */
export function listen(tiers: Tiers, heartbeatMs: number): () => void {
  const { remote, clock, journal, events, maxStalenessMs } = tiers.parts
  if (remote?.store.listen === undefined) return () => undefined
  let hasBeenReady = false
  let isSaid = false
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
      hasBeenReady ||= state === 'ready'
      if (state === 'away' && !hasBeenReady && !isSaid && !events.isHeard('remoteState')) {
        warn(tiers.parts.name, cause)
        // Why it is slow may become known.
        isSaid = !(cause instanceof RemoteTimeoutError)
      }
      events.emit('remoteState', cause === undefined ? { state } : { state, cause })
    },
  }
  return remote.store.listen(listener, { clock, maxStalenessMs, heartbeatMs })
}

/** A password or an address that is wrong would never show: everything works, without the store. */
function warn(name: string, cause: unknown): void {
  let why = ''
  // What passes an error on often repeats it.
  for (let error = cause; error instanceof Error; error = error.cause)
    if (!why.includes(error.message)) why += ` ${error.message.replace(/\.?$/, '.')}`
  process.emitWarning(
    `The cache ${JSON.stringify(name)} cannot use its remote store and goes on without it${why === '' ? '.' : `:${why}`} Who listens to the event 'remoteState' is told there instead.`,
    'HoldfastWarning',
  )
}
