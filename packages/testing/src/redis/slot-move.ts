import type { RedisServer } from './start-redis.ts'

/** Where other nodes find it: with TLS, they speak it with each other. */
export function peerPort({ port, tls }: RedisServer): number {
  return tls?.port ?? port
}

/** A slot on its way from one primary to another, as `redis-cli --cluster reshard` would move it, step by step. */
export class SlotMove {
  readonly slot: number
  readonly #nodes: readonly RedisServer[]
  readonly #from: RedisServer
  readonly #to: RedisServer
  readonly #toId: string

  private constructor(nodes: readonly RedisServer[], slot: number, ends: [RedisServer, RedisServer], toId: string) {
    this.slot = slot
    this.#nodes = nodes
    this.#from = ends[0]
    this.#to = ends[1]
    this.#toId = toId
  }

  /** Sets IMPORTING and MIGRATING. */
  static async begin(
    nodes: readonly RedisServer[],
    slot: number,
    from: RedisServer,
    to: RedisServer,
  ): Promise<SlotMove> {
    const fromId = String(await from.command('CLUSTER', 'MYID'))
    const toId = String(await to.command('CLUSTER', 'MYID'))
    await to.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId)
    await from.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId)
    return new SlotMove(nodes, slot, [from, to], toId)
  }

  /** Moves so many of its keys, or all. Resolves with how many there were. */
  async keys(most: number = Number.POSITIVE_INFINITY): Promise<number> {
    let moved = 0
    while (moved < most) {
      const count = Math.min(100, most - moved)
      const keys = (await this.#from.command('CLUSTER', 'GETKEYSINSLOT', this.slot, count)) as readonly string[]
      if (keys.length === 0) break
      const auth = this.#to.admin
      const login = ['AUTH2', auth.username, auth.password]
      await this.#from.command(
        'MIGRATE',
        '127.0.0.1',
        peerPort(this.#to),
        '',
        0,
        5_000,
        'REPLACE',
        ...login,
        'KEYS',
        ...keys,
      )
      moved += keys.length
    }
    return moved
  }

  /** Gives the slot over, once all keys are moved; every node that answers is told. */
  async end(): Promise<void> {
    await this.keys()
    await this.#to.command('CLUSTER', 'SETSLOT', this.slot, 'NODE', this.#toId)
    await this.#from.command('CLUSTER', 'SETSLOT', this.slot, 'NODE', this.#toId)
    for (const node of this.#nodes)
      if (node !== this.#to && node !== this.#from && (await node.answers()))
        await node.command('CLUSTER', 'SETSLOT', this.slot, 'NODE', this.#toId).catch(() => undefined)
  }
}
