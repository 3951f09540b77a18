import { Connection, type ClientEnd } from './connection.ts'
import { fastPace } from './lane.ts'
import { SimulatedLink, type LinkErrors } from './link.ts'
import type { SimulatedProcess } from './process.ts'
import { SimulatedServer, type ServerClient, type SimulatedScript } from './server.ts'
import type { World } from './world.ts'

/** What a simulated Redis is made of. */
export interface SimulatedRedisOptions<E extends Error, C extends Error> {
  /** How the client under test shows errors: the constructors of its own. */
  readonly errors: LinkErrors<E, C>
  /** The scripts that it sends, each with the same in JavaScript. @default none */
  readonly scripts?: readonly SimulatedScript[]
  /** How far the server's clock is ahead of the world's, in milliseconds. @default 0 */
  readonly skewMs?: number
}

/** Makes connections of one process, as a client library would. */
export interface SimulatedConnector<E extends Error, C extends Error> {
  readonly address: string
  connect(): SimulatedLink<E, C>
  connectSubscriber(): SimulatedLink<E, C>
}

/** A Redis server of a simulated world, with what can happen to it and to its connections. */
export class SimulatedRedis<E extends Error, C extends Error> {
  readonly server: SimulatedServer
  readonly #world: World
  readonly #errors: LinkErrors<E, C>
  readonly #connections = new Set<Connection>()
  /** What arrived while it stood still; without a command, the end of a connection. */
  readonly #backlog: { readonly connection: Connection; readonly command?: readonly Buffer[] }[] = []
  #isFrozen = false
  #isDown = false
  #restoreSaved: () => void
  #made = 0
  /** Subscribers hear within 5 ms, however slow other connections are. Holds for connections made from now on. */
  hasFastSubscribers = false

  constructor(world: World, options: SimulatedRedisOptions<E, C>) {
    this.#world = world
    this.#errors = options.errors
    const skewMs = options.skewMs ?? 0
    this.server = new SimulatedServer(() => world.now + skewMs, options.scripts ?? [])
    this.#restoreSaved = this.server.keys.snapshot()
  }

  connector(process: SimulatedProcess): SimulatedConnector<E, C> {
    const connect = (isSubscriber: boolean): SimulatedLink<E, C> =>
      new SimulatedLink(this.#errors, (client) => this.#connect(process, client, isSubscriber))
    return { address: 'simulated', connect: () => connect(false), connectSubscriber: () => connect(true) }
  }

  /** Connections that the server holds; of one process, or with subscriptions only. */
  connections(
    where: { readonly process?: SimulatedProcess; readonly subscribers?: boolean } = {},
  ): readonly Connection[] {
    return [...this.#connections].filter(
      (each) =>
        each.isHeld &&
        (where.process === undefined || each.process === where.process) &&
        (where.subscribers === undefined || where.subscribers === each.accepted!.channels.size > 0),
    )
  }

  /** SIGSTOP: connections are accepted, nothing is executed. */
  freeze(): void {
    this.#isFrozen = true
  }

  /** SIGCONT: what came meanwhile is executed, connection by connection in an order that the seed chooses. */
  thaw(): void {
    if (!this.#isFrozen) return
    this.#isFrozen = false
    const waiting = this.#backlog.splice(0)
    const order = this.#world.random.shuffle([...new Set(waiting.map(({ connection }) => connection))])
    for (const connection of order) {
      for (const { command } of waiting.filter((each) => each.connection === connection))
        if (command === undefined) this.#finish(connection)
        else this.#execute(connection, command)
    }
  }

  /** SIGKILL. New connections are refused until it starts again. */
  kill(): void {
    this.#isDown = true
    this.#isFrozen = false
    this.#backlog.length = 0
    this.server.restart(() => {})
  }

  /** Another incarnation, with nothing or with what the last `save()` saw. */
  start(data: 'empty' | 'older'): void {
    if (!this.#isDown) this.kill()
    this.#isDown = false
    if (data === 'older') this.#restoreSaved()
  }

  /** What a later `start('older')` begins with. */
  save(): void {
    this.#restoreSaved = this.server.keys.snapshot()
  }

  /** Drops keys without telling anybody; each with the given chance, of those that the pattern names. */
  evict(chance: number, isVictim: (key: string) => boolean = () => true): void {
    for (const key of this.server.keys.keys())
      if (isVictim(key) && this.#world.random.chance(chance)) this.server.keys.delete(key)
  }

  #connect(process: SimulatedProcess, client: ClientEnd, isSubscriber: boolean): Connection {
    const random = this.#world.random.fork(`connection ${(this.#made += 1)}`)
    const connection = new Connection({
      world: this.#world,
      random,
      process,
      client,
      pace: isSubscriber && this.hasFastSubscribers ? fastPace : undefined,
      server: {
        accept: (arrived) => this.#accept(arrived),
        perform: (sender, command) => this.#perform(sender, command),
        finish: (ended) => this.#finish(ended),
      },
    })
    this.#connections.add(connection)
    return connection
  }

  #accept(connection: Connection): ServerClient | undefined {
    if (this.#isDown) {
      this.#connections.delete(connection)
      return undefined
    }
    return this.server.connect((id) => ({
      id,
      channels: new Set(),
      push: (channel, message) => connection.push(channel, message),
      kill: () => {
        this.#connections.delete(connection)
        connection.kill()
      },
    }))
  }

  #perform(connection: Connection, command: readonly Buffer[]): void {
    if (this.#isFrozen) this.#backlog.push({ connection, command })
    else this.#execute(connection, command)
  }

  #execute(connection: Connection, command: readonly Buffer[]): void {
    if (!connection.isHeld) return
    connection.reply(this.server.execute(connection.accepted!, command))
  }

  /** What a connection had sent before its end is executed before it, by a server that stood still too. */
  #finish(connection: Connection): void {
    if (this.#isFrozen) {
      this.#backlog.push({ connection })
      return
    }
    if (connection.isHeld) this.server.disconnect(connection.accepted!.id)
    connection.drop()
    this.#connections.delete(connection)
  }
}
