import type { TakenLease } from './contracts.ts'
import type { Flight } from './flight.ts'
import type { Policy } from './options.ts'
import type { Scope } from './scope.ts'

/**
 * Waits while another process loads. Callers that may be given a stale value get it at once; the flight goes on waiting behind, so that
 * memory gets the new one as soon as it is stored.
 *
 * @returns whether the other is done, or may be; else it has been waited for long enough, or nobody waits any more
 */
export function waitForOther(scope: Scope, flight: Flight, policy: Policy, taken: TakenLease): Promise<boolean> {
  const { deadlines } = scope.tiers
  if (!flight.isElsewhere) scope.counters.fleetWaits++
  flight.leaveToOther()
  return new Promise((resolve) => {
    const end = (isOver: boolean): void => {
      deadlines.settle(timed)
      flight.signal.removeEventListener('abort', ended)
      if (!isOver) taken.leave()
      resolve(isOver)
    }
    const ended = (): void => end(false)
    const timed = { deadlineAt: waitsUntil(flight, policy), settled: false, expire: ended }
    deadlines.add(timed)
    flight.signal.addEventListener('abort', ended, { once: true })
    if (flight.isOver) ended()
    else taken.whenOver(() => end(true))
  })
}

/** Whether a load of another process is still waited for. */
export function isPatient(scope: Scope, flight: Flight, policy: Policy): boolean {
  return policy.isFleetWide && !policy.force && scope.tiers.parts.clock.now() < waitsUntil(flight, policy)
}

/** A process whose loader hangs holds up the others no longer than this. */
function waitsUntil(flight: Flight, { fleetWaitMs, timeoutMs }: Policy): number {
  return flight.startedAt + Math.min(fleetWaitMs ?? timeoutMs / 2, timeoutMs)
}
