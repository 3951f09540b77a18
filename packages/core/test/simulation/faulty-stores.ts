import type { Fill, Invalidation, RemoteCall, Stored } from '../../src/contracts.ts'
import { Server } from '../world/server.ts'
import { ServerStore } from '../world/server-store.ts'

/** A store whose fill is a plain write: whatever stood there, whatever was invalidated. */
export class UnfencedStore extends ServerStore {
  override async fill(fills: readonly Fill[], call: RemoteCall): Promise<readonly Stored[]> {
    await this.setMany(
      fills.map(({ write }) => write),
      call,
    )
    return fills.map(() => [this.guard('')])
  }
}

/** A server on which these announcements are never made. */
export class SilentServer extends Server {
  readonly #silent: Invalidation['type']

  constructor(clock: () => number, silent: Invalidation['type']) {
    super(clock)
    this.#silent = silent
  }

  override publish(what: Invalidation, from: object): void {
    if (what.type !== this.#silent) super.publish(what, from)
  }
}

/** A server that takes a tag whose version it has forgotten for one that was never invalidated. */
export class ForgetfulServer extends Server {
  override version(tag: string): number {
    return super.version(tag) > 0 ? 1 : 0
  }
}
