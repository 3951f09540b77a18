import { tokenOf, type Envelope, type Guard, type RemoteEntry, type RemoteMiss, type RemoteRead } from '@holdfast/core'
import type { Session } from './session.ts'

/** A valid entry, as it was read. Its bytes are looked into when they are wanted. */
export class FoundEntry implements RemoteEntry {
  readonly type = 'entry'
  readonly tags: readonly string[]
  readonly guards?: readonly Guard[]
  readonly #session: Session
  readonly #envelope: Envelope
  readonly #aheadMs: number

  constructor(session: Session, envelope: Envelope, tags: readonly string[], guards: readonly Guard[] | undefined) {
    this.#session = session
    this.#envelope = envelope
    this.#aheadMs = session.time.aheadMs
    this.tags = tags
    if (guards !== undefined) this.guards = guards
  }

  get serializer(): string {
    return this.#envelope.serializer
  }

  get payload(): Uint8Array {
    return this.#envelope.payload
  }

  get createdAt(): number {
    return this.#envelope.createdAt - this.#aheadMs
  }

  get staleAt(): number {
    return this.#envelope.staleAt - this.#aheadMs
  }

  get expiresAt(): number {
    return this.#envelope.expiresAt - this.#aheadMs
  }

  /** Whether that session read it. */
  isOf(session: Session): boolean {
    return this.#session === session
  }

  /** What must still stand at the key for a fill to be stored. */
  get token(): Uint8Array {
    return tokenOf(this.#envelope.bytes)
  }
}

/** What a session found at a key; `undefined` for nothing, and for what another session found. */
export function foundIn(session: Session, seen: RemoteRead): FoundEntry | FoundMiss | undefined {
  const isOurs = (seen instanceof FoundEntry || seen instanceof FoundMiss) && seen.isOf(session)
  return isOurs ? seen : undefined
}

/** What stands at a key and is no valid entry. */
export class FoundMiss implements RemoteMiss {
  readonly type = 'miss'
  /** `tag:…`, `epoch`, `lease`, `hold`, `foreign`, `format`. */
  readonly reason: string
  readonly #session: Session
  /** What must still stand there; `undefined` when nothing of ours does, or nothing may be filled. */
  readonly token: Uint8Array | undefined

  constructor(session: Session, reason: string, token: Uint8Array | undefined) {
    this.#session = session
    this.reason = reason
    this.token = token
  }

  isOf(session: Session): boolean {
    return this.#session === session
  }
}
