import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock, type RemoteCall } from '@holdfast/core'
import { expect } from 'vitest'
import { Peer } from './peer.ts'
import type { PeerOptions, RemoteBackend, RemoteStoreSuite, RemoteSubject, WriteOptions } from './subject.ts'

/** Runs a case with keys of its own, and closes the stores that it opened, whatever became of it. */
export async function onStage(
  suite: RemoteStoreSuite,
  run: (subject: RemoteSubject) => void | Promise<void>,
): Promise<void> {
  const opened: Peer[] = []
  const ends: (() => void)[] = []
  const own = randomBytes(6).toString('hex')
  const clock = suite.clock ?? systemClock
  const wait = suite.wait ?? ((ms: number) => sleep(ms, undefined, { ref: false }))
  const call = (withinMs = 5_000): RemoteCall => ({ deadlineAt: clock.now() + withinMs })
  const open = async (options: PeerOptions = {}): Promise<Peer> => {
    const peer = new Peer(await suite.open(), call)
    opened.push(peer)
    const { keys = [], tags = [], all = false } = options.journal ?? {}
    if (options.journal !== undefined) peer.journal = { keys, tags, all }
    if (suite.abilities.includes('listen'))
      ends.push(peer.store.listen(peer.listener, { clock, maxStalenessMs: 10_000, heartbeatMs: 1_000 }))
    // The first call may find it connecting; a cache waits for it within the deadline as well.
    await peer.store.getMany([`conformance:${own}:nothing`], call())
    return peer
  }
  try {
    await run({
      clock,
      abilities: new Set(suite.abilities),
      // Cases whose needs are absent are not declared.
      backend: (suite.backend ?? {}) as Required<RemoteBackend>,
      open,
      key: (name) => `conformance:${own}:${name}`,
      tag: (name) => `conformance-tag:${own}:${name}`,
      call,
      write: (key, text, options) => writeOf(key, text, clock.now(), options ?? {}),
      wait,
      stall: suite.stall ?? spin,
      eventually: (attempt) => eventually(attempt, wait),
    })
  } finally {
    await suite.backend?.thaw?.()
    for (const end of ends) end()
    await Promise.all(opened.map((peer) => peer.store.close()))
  }
  expect(opened.length).toBeGreaterThan(0)
}

function writeOf(key: string, text: string, now: number, options: WriteOptions): ReturnType<RemoteSubject['write']> {
  const staleAt = now + (options.ttlMs ?? 60_000)
  return {
    key,
    payload: options.payload ?? Buffer.from(text),
    serializer: 'text',
    createdAt: now,
    staleAt,
    expiresAt: staleAt + (options.graceMs ?? 60_000),
    tags: options.tags ?? [],
  }
}

async function eventually(attempt: () => void | Promise<void>, wait: (ms: number) => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (tries === 500) throw error
      await wait(10)
    }
  }
}

function spin(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}
