import type { Head } from './head.ts'
import type { RequestChange } from './request.ts'

/** What becomes of the handler's response, once its head is known. */
export type Verdict =
  /** The client gets it, and nothing is kept. With `hold`, not before that has settled. */
  | { readonly type: 'pass'; readonly status: string | undefined; readonly hold?: Promise<unknown> | undefined }
  /** The client gets it, and a copy is made on the way. */
  | { readonly type: 'tee'; readonly status: string | undefined }
  /** A copy is made; the client gets something else. */
  | { readonly type: 'keep' }
  /** Its body is of no use. */
  | { readonly type: 'drop' }

/** What came of running the handler, as soon as the head of its response was known. `C` is what the adapter gives to its client. */
export interface Ran<C> {
  readonly head: Head
  readonly verdict: Verdict
  /** For the client, with `pass` and `tee`. */
  readonly client: C | undefined
  /** The complete body, with `tee` and `keep`; `undefined` when it was too large or broke off. Never rejects. */
  readonly body: Promise<Uint8Array | undefined>
}

/** How the handler is run. It runs once for each request. */
export interface Run {
  readonly change: RequestChange | undefined
  readonly maxBodyBytes: number
  /** Decides at once: the handler may be writing. */
  readonly judge: (head: Head) => Verdict
  /** Aborts when nobody else waits for the response. */
  readonly unwanted: AbortSignal | undefined
  /** The client has been answered already. */
  readonly isBehind: boolean
}

/** The handler behind the cache, as an adapter runs it. */
export interface Origin<C> {
  /** Rejects with what the handler throws, or with {@link ClientLeft}. */
  run(run: Run): Promise<Ran<C>>
  /** Whether it can run after its client was answered. */
  readonly canRunBehind: boolean
}

/** The client for which the handler ran went away, and the handler with it: whoever else waits for the response asks again. */
export class ClientLeft extends Error {
  override readonly name: string = 'ClientLeft'

  constructor() {
    super('The client went away before the response was complete.')
  }
}
