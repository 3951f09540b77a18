/** Which way bytes travel: `up` from the client to the server, `down` from the server to the client. */
export type Direction = 'up' | 'down'

/** A connection through the proxy, as a fault's `only` sees it. */
export interface ProxiedConnection {
  /** Counts from 1 in the order of connecting. */
  readonly id: number
  /** The names of its first 32 commands in upper case, as far as they have been sent. */
  readonly commands: readonly string[]
  /** Whether one of them was SUBSCRIBE, PSUBSCRIBE or SSUBSCRIBE. */
  readonly isSubscriber: boolean
  /** Bytes that the proxy has received from the client. */
  readonly bytesUp: number
  /** Bytes that the proxy has received from the server. */
  readonly bytesDown: number
}

/** What a fault strikes. */
export interface Where {
  /** @default 'both', except where the fault says otherwise */
  readonly direction?: Direction | 'both'
  /**
   * The connections that it strikes, asked again for each piece of data: a connection may subscribe later.
   *
   * @default all
   */
  readonly only?: (connection: ProxiedConnection) => boolean
}

/** A fault that is in force until it is healed. */
export interface Fault extends AsyncDisposable {
  /** Ends this fault alone. What it held back goes on its way. Idempotent. */
  heal(): Promise<void>
}

/** What a fault in force does to the bytes that it strikes. */
export type Effect =
  | { readonly type: 'delay'; readonly delayMs: () => number }
  | { readonly type: 'pace'; readonly pieceBytes: number; readonly everyMs: number }
  | { readonly type: 'hold' }
  | { readonly type: 'lose' }
  | { readonly type: 'cut'; readonly afterBytes: () => number; readonly by: 'reset' | 'end' }

/** An effect with what it strikes. */
export interface Strike {
  readonly effect: Effect
  readonly where: Where
}

/** Strikes the connections that have subscribed. */
export function subscribers(connection: ProxiedConnection): boolean {
  return connection.isSubscriber
}

/** Strikes the connections that have not subscribed. */
export function commanders(connection: ProxiedConnection): boolean {
  return !connection.isSubscriber
}

export function strikes(where: Where, connection: ProxiedConnection, direction: Direction): boolean {
  const { direction: struck = 'both', only } = where
  return (struck === 'both' || struck === direction) && (only === undefined || only(connection))
}
