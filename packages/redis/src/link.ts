/**
 * The narrow bridge between the protocol and a Redis client library. The protocol knows connections only as links: a
 * simulation can stand in for the library, and a change of library touches one file. Imports nothing.
 */

/** A command: its name in capitals, then its arguments. Strings go out as UTF-8. */
export type Command = readonly [name: string, ...args: readonly (string | Uint8Array)[]]

/**
 * What Redis answered to one command. Bulk and simple strings are bytes, valid until they are let go of (they may share one
 * large buffer); an error is a value, so that one refused command does not hide the replies of the others.
 */
export type Reply = Buffer | number | null | ReplyError | readonly Reply[]

/** An error reply. Carries nothing of the command's arguments. */
export class ReplyError extends Error {
  /** Its first word: `NOPERM`, `OOM`, `WRONGTYPE`, `NOSCRIPT`, `LOADING`, `READONLY`, `ERR`… */
  readonly code: string

  constructor(line: string) {
    super(withoutArguments(line))
    this.name = 'ReplyError'
    this.code = /^[A-Z]+/.exec(line)?.[0] ?? 'ERR'
  }
}

/** An error's line without what Redis repeats of the arguments of a command that it does not know. */
export function withoutArguments(line: string): string {
  return line.replace(/,? with args beginning with:.*$/s, '.')
}

/** A connection that could not be made or has ended. Which of the commands under way were executed is unknown. */
export class LinkClosedError extends Error {
  override readonly name = 'LinkClosedError'
}

/**
 * One connection to one server, from the attempt to connect to its end. It never reconnects, queues or resends. A single
 * process uses many in turn; each belongs to one session.
 */
export interface Link {
  /** Resolves once commands can be sent: connected, authenticated, database selected. Rejects with {@link LinkClosedError}. */
  readonly opened: Promise<void>
  readonly isOpen: boolean
  /**
   * Sends commands in one write, in order, now. Resolves with their replies in that order, when the last has come; rejects with
   * {@link LinkClosedError} when the connection ends before. Has no deadline of its own.
   */
  send(commands: readonly Command[]): Promise<readonly Reply[]>
  /** Called once, after it was opened, when the connection has ended by other means than `close()`; before what is pending rejects. */
  onClosed: ((cause: LinkClosedError) => void) | undefined
  /** Ends the connection, or the attempt, at once. Idempotent. What is pending rejects. */
  close(): void
}

/** A connection that listens. `send` may be used before the first `subscribe` only. */
export interface SubscriberLink extends Link {
  /** Resolves with an error reply when the server refuses (`NOPERM`), else with `undefined`, when all channels are subscribed to. */
  subscribe(channels: readonly string[]): Promise<ReplyError | undefined>
  /** Called for each message, in the order of arrival. */
  onMessage: ((channel: string, message: Buffer) => void) | undefined
  /** Resolves with the PONG, which comes after every message that the server had put into this connection before. */
  ping(): Promise<void>
}

/** Makes connections to one server. */
export interface Connector {
  /** Where it connects to, without credentials. */
  readonly address: string
  connect(): Link
  connectSubscriber(): SubscriberLink
}

/** Makes connections to the nodes of a cluster. */
export interface ClusterConnector {
  /** Where to begin to look for the nodes. Never empty. */
  readonly seeds: readonly { readonly host: string; readonly port: number }[]
  /** To the node that the cluster says is there. */
  at(address: { readonly host: string; readonly port: number }): Connector
}
