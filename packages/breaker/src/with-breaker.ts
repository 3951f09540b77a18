import {
  decorate,
  type RemoteCall,
  type RemoteDescription,
  type RemoteOperation,
  type RemoteStore,
} from '@holdfast/core'
import { Circuit } from './circuit.ts'
import { parseBreakerOptions, type BreakerOptions } from './options.ts'

/**
 * The same store with a circuit breaker around its network calls: when it fails or is slow it is left out of the path at once,
 * and back in when it has answered a probe and replayed what it missed. Needs a deadline with each call, which the cache gives.
 *
 * @throws {InvalidOptionError} for an option that cannot be used
 */
export function withBreaker(store: RemoteStore, options: BreakerOptions = {}): RemoteStore {
  const circuit = new Circuit(store, parseBreakerOptions(options))
  return decorate(store, (operation, run, args) => circuit.call(run, deadlineOf(operation, args)), {
    close: async () => {
      circuit.close()
      await store.close()
    },
    describe: () => describe(store, circuit),
  })
}

/** A scan goes page by page, each with a deadline of its own that the store keeps. */
function deadlineOf(operation: RemoteOperation, args: readonly unknown[]): number | undefined {
  return operation === 'invalidateMatching' ? undefined : args.find(isCall)?.deadlineAt
}

function isCall(arg: unknown): arg is RemoteCall {
  return typeof arg === 'object' && arg !== null && 'deadlineAt' in arg
}

function describe(store: RemoteStore, circuit: Circuit): RemoteDescription {
  const described = store.describe?.() ?? { name: 'remote', coherence: 'max-staleness', limits: [] }
  return {
    ...described,
    ...(circuit.state === 'closed' ? {} : { state: 'away' }),
    details: { ...described.details, breaker: circuit.state, breakerOpened: circuit.opened },
  }
}
