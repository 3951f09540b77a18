import {
  checkMethods,
  decorate,
  describeRemote,
  type InvalidationListener,
  type RemoteCall,
  type RemoteDescription,
  type RemoteStore,
} from '@holdfast/core'

import type { Breaker } from './breaker.ts'
import { Breakers } from './breakers.ts'
import { parseBreakerOptions, type BreakerOptions } from './options.ts'

/**
 * The same store behind a circuit breaker: when it fails or is slow, nobody waits for it any longer, and it is left alone until it
 * answers a probe.
 *
 * @throws {InvalidOptionError} for what is no store, and for an option that is unknown or cannot be used
 */
export function withBreaker(store: RemoteStore, options: BreakerOptions = {}): RemoteStore {
  const required = ['getMany', 'setMany', 'deleteMany', 'close'] as const
  checkMethods('store', store, required, 'Write `withBreaker(redisStore(url))`.')
  const breakers = new Breakers(store, parseBreakerOptions(options))
  return decorate(
    store,
    (operation, run, args) =>
      breakers
        .of(operation, args)
        .call(operation, run, operation === 'invalidateMatching' ? undefined : deadlineOf(args)),
    overrides(store, breakers),
  )
}

function overrides(store: RemoteStore, breakers: Breakers): Partial<RemoteStore> {
  return {
    async close() {
      breakers.shutdown()
      await store.close()
    },
    ...(store.barrier && { barrier: (key, call) => breakers.ofKey(key).refuse(false) ?? store.barrier!(key, call) }),
    ...(store.scan && { scan: (pattern) => scan(store, breakers.whole, pattern) }),
    ...(store.listen && {
      listen: (listener, listenOptions) => listen(store, breakers.whole, listener, listenOptions),
    }),
    describe: () => describe(describeRemote(store), breakers),
  }
}

async function* scan(store: RemoteStore, breaker: Breaker, pattern: string): AsyncIterable<readonly string[]> {
  await breaker.refuse(false)
  yield* store.scan!(pattern)
}

function listen(
  store: RemoteStore,
  breaker: Breaker,
  ...[listener, options]: Parameters<NonNullable<RemoteStore['listen']>>
): () => void {
  breaker.onOpen = (cause) => listener.state?.('away', cause)
  breaker.onClose = () => listener.state?.('ready')
  // The store may open a session before the breaker lets anybody use it.
  const state: typeof listener.state = (now, cause) => {
    if (breaker.state === 'closed' || now === 'closed') listener.state?.(now, cause)
  }
  const end = store.listen!({ ...listenerOf(listener), state }, options)
  return () => {
    breaker.onOpen = undefined
    breaker.onClose = undefined
    end()
  }
}

/** The methods of a listener, whatever kind of object it is. */
function listenerOf(listener: InvalidationListener): InvalidationListener {
  return {
    heard: (what) => listener.heard(what),
    gap: () => listener.gap(),
    drain: () => listener.drain(),
    applied: (journalled) => listener.applied(journalled),
    restore: (journalled) => listener.restore(journalled),
  }
}

function describe(description: RemoteDescription, breakers: Breakers): RemoteDescription {
  const { state } = breakers.whole
  const { open } = breakers
  const limits = [...description.limits]
  if (open.length > 0) limits.push(`${open.length} of its parts fail and are left alone: what is in them is loaded.`)
  if (breakers.refusesWrites) limits.push(writesRefused)
  return {
    ...description,
    ...(state === 'closed' ? {} : { state: state === 'shutdown' ? 'closed' : 'away' }),
    limits,
    details: { ...description.details, ...breakers.details() },
  }
}

const writesRefused =
  'Writes fail and are not tried now: what is invalidated here is journalled, and others hear of it later.'

function deadlineOf(args: readonly unknown[]): number | undefined {
  // The call comes after what it is about, if it is about something.
  const call = (args[1] ?? args[0]) as RemoteCall | undefined
  return call?.deadlineAt
}
