import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import type { Pinning } from '../engine/pin.ts'
import type { BenchRedis } from '../engine/redis-server.ts'
import { repositoryRoot } from '../engine/repository.ts'
import { runChild } from '../engine/run-child.ts'
import { openFolder } from '../engine/worktree.ts'
import { type Case, peerOf } from '../suites/case.ts'

const remembered = join(repositoryRoot, 'node_modules', '.cache', 'bench-conformance.json')
const adapters = join(import.meta.dirname, '..', 'peers')

/** Faults of peers, by `peer tier`; none where all promises are kept. */
export type Faults = ReadonlyMap<string, readonly string[]>

/**
 * Holds the peers of some cases to what their adapters promise: who has faults is not timed. What was found once is remembered until an
 * adapter, a library or our sources change.
 */
export async function checkPeers(
  cases: readonly Case[],
  root: string,
  redis: BenchRedis | undefined,
  pinning: Pinning,
): Promise<Faults> {
  const wanted = new Map(
    cases.flatMap(({ tier, contenders }) =>
      tier === undefined
        ? []
        : contenders.map((name) => [`${peerOf(name)} ${tier}`, { peer: peerOf(name), tier }] as const),
    ),
  )
  const state = stateOf(root, redis)
  const known = readKnown(state)
  const checks = [...wanted].flatMap(([name, check]) => (known[name] === undefined ? [check] : []))
  if (checks.length > 0) {
    await runChild({ type: 'conformance', checks, root, redisUrl: redis?.url ?? '' }, pinning, (message) => {
      if (message.type === 'conforms') known[`${message.peer} ${message.tier}`] = message.faults
    })
    mkdirSync(dirname(remembered), { recursive: true })
    writeFileSync(remembered, JSON.stringify({ state, known }))
  }
  return new Map(Object.entries(known).filter(([, faults]) => faults.length > 0))
}

/** Everything that the findings depend on. */
function stateOf(root: string, redis: BenchRedis | undefined): string {
  const hash = createHash('sha256')
    .update(openFolder(root).hash)
    .update(redis?.version ?? '')
  for (const name of readdirSync(adapters).sort()) hash.update(readFileSync(join(adapters, name)))
  return hash.update(readFileSync(join(repositoryRoot, 'pnpm-lock.yaml'))).digest('hex')
}

function readKnown(state: string): Record<string, readonly string[]> {
  try {
    const found = JSON.parse(readFileSync(remembered, 'utf8')) as {
      state: string
      known: Record<string, readonly string[]>
    }
    return found.state === state ? found.known : {}
  } catch {
    return {}
  }
}
