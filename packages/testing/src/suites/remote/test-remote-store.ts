import { declareSuite } from '../suite.ts'
import { deadlineCases } from './deadline.ts'
import { expireCases } from './expire.ts'
import { foreignCases } from './foreign.ts'
import { leaseCases } from './lease.ts'
import { listenCases } from './listen.ts'
import { readAndWriteCases } from './read-and-write.ts'
import { methodsOfAbility, sessionCases } from './session.ts'
import { settleCases } from './settle.ts'
import { onStage } from './stage.ts'
import type { RemoteBackend, RemoteCase, RemoteStoreSuite } from './subject.ts'
import { sweepCases } from './sweep.ts'
import { tagCases } from './tags.ts'

const allCases: readonly RemoteCase[] = [
  ...sessionCases,
  ...readAndWriteCases,
  ...leaseCases,
  ...settleCases,
  ...tagCases,
  ...expireCases,
  ...sweepCases,
  ...listenCases,
  ...foreignCases,
  ...deadlineCases,
]

/**
 * Proves that a store keeps the contract `RemoteStore`, as tests of vitest. Cases that need an ability which was not declared,
 * or a hand on the server which was not given, are left out.
 *
 * ```ts
 * testRemoteStore({ open: () => redisStore(server.url), abilities: ['tags', 'scan', 'lease', 'listen'] })
 * ```
 *
 * @throws {Error} for an ability that there is none of, such as the name of a method
 */
export function testRemoteStore(suite: RemoteStoreSuite): void {
  declareSuite(suite.name ?? 'a remote store', remoteStoreCases(suite), suite.skip ?? [], (run) => onStage(suite, run))
}

/** The cases that such a store must pass. */
export function remoteStoreCases(suite: Pick<RemoteStoreSuite, 'abilities' | 'backend'>): readonly RemoteCase[] {
  for (const ability of suite.abilities) checkAbility(ability)
  const hands = new Set(Object.keys(suite.backend ?? {}) as (keyof RemoteBackend)[])
  return allCases.filter(
    ({ needs = [], backend = [] }) =>
      needs.every((ability) => suite.abilities.includes(ability)) && backend.every((hand) => hands.has(hand)),
  )
}

function checkAbility(ability: string): void {
  if (Object.hasOwn(methodsOfAbility, ability)) return
  const abilities = Object.entries(methodsOfAbility)
  const meant = abilities.find(([, methods]) => (methods as readonly string[]).includes(ability))?.[0]
  throw new Error(
    meant === undefined
      ? `There is no ability ${JSON.stringify(ability)}. There are: ${abilities.map(([name]) => name).join(', ')}.`
      : `${JSON.stringify(ability)} is a method: the ability is called ${JSON.stringify(meant)}.`,
  )
}
