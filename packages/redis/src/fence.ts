import type { Command } from './link.ts'

/** A connection that ended while its commands may still lie somewhere on the way. */
interface Former {
  readonly runId: string
  readonly clientId: number
}

const maxFormer = 1_000

/**
 * Former connections of this process, to be killed before a new session reads or writes: what was sent on them and not answered
 * could otherwise land after it (§7 "zombie-set"). Ids begin anew with the server, so that each is killed in its own
 * incarnation only (§7 "fence-other-life").
 */
export class Fence {
  #former: Former[] = []

  add(runId: string, clientIds: readonly number[]): void {
    for (const clientId of clientIds) this.#former.push({ runId, clientId })
    if (this.#former.length > maxFormer) this.#former.splice(0, this.#former.length - maxFormer)
  }

  /** The commands that kill the former connections of this incarnation. */
  commands(runId: string): readonly Command[] {
    return this.#former
      .filter((former) => former.runId === runId)
      .map(({ clientId }) => ['CLIENT', 'KILL', 'ID', String(clientId)])
  }

  /** They have been killed. */
  clear(runId: string): void {
    this.#former = this.#former.filter((former) => former.runId !== runId)
  }
}
