import { createHash } from 'node:crypto'
import { keyCommands, name, ServerError, type ServerReply } from './commands.ts'
import { Keyspace } from './keyspace.ts'

/** A script as the server under test has it, and the same in JavaScript. */
export interface SimulatedScript {
  /** The Lua source, by which EVAL and SCRIPT LOAD know it. */
  readonly source: string
  /** Runs as one, like every command. An error that it throws is its reply. */
  readonly run: (redis: ScriptRedis, keys: readonly string[], args: readonly Buffer[]) => ServerReply | undefined
}

/** `redis` in a script. Keys are strings of bytes (latin1), as {@link SimulatedScript.run} gets them. */
export interface ScriptRedis {
  /** @throws {ServerError} when the command is refused */
  call(name: string, ...args: readonly (string | number | Uint8Array)[]): ServerReply
  /** An error is a value. */
  pcall(name: string, ...args: readonly (string | number | Uint8Array)[]): ServerReply
}

/** A connection as the server knows it. */
export interface ServerClient {
  readonly id: number
  readonly channels: Set<string>
  /** A message of a channel, after everything that the server has sent before. */
  push(channel: Buffer, message: Buffer): void
  /** The server ends the connection. */
  kill(): void
}

const ok = Buffer.from('OK')

/** A Redis server on the level of commands, each of which is atomic. Knows one database and no replication. */
export class SimulatedServer {
  readonly #now: () => number
  readonly #scripts: readonly (SimulatedScript & { readonly sha: string })[]
  readonly #loaded = new Set<string>()
  readonly #clients = new Map<number, ServerClient>()
  readonly keys: Keyspace
  #lastClientId = 0
  #incarnation = 1
  /** How often each command was executed, by name; those of scripts not counted. */
  readonly counts: Map<string, number> = new Map()
  /** A line to answer with instead of executing, such as `NOPERM …` or `OOM …`. */
  refuse: ((command: string, args: readonly Buffer[]) => string | undefined) | undefined

  /** @param now its clock, in milliseconds since the epoch */
  constructor(now: () => number, scripts: readonly SimulatedScript[]) {
    this.#now = now
    this.keys = new Keyspace(now)
    this.#scripts = scripts.map((script) => ({ ...script, sha: sha1(script.source.trim()) }))
  }

  get runId(): string {
    return sha1(`incarnation ${this.#incarnation}`)
  }

  get clients(): readonly ServerClient[] {
    return [...this.#clients.values()]
  }

  connect(make: (id: number) => ServerClient): ServerClient {
    const client = make((this.#lastClientId += 1))
    this.#clients.set(client.id, client)
    return client
  }

  disconnect(id: number): void {
    this.#clients.delete(id)
  }

  /** Another life of the process: ids begin anew, scripts are gone. */
  restart(restore: () => void): void {
    for (const client of this.clients) client.kill()
    this.#clients.clear()
    this.#lastClientId = 0
    this.#incarnation += 1
    this.#loaded.clear()
    this.keys.clear()
    restore()
  }

  execute(client: ServerClient, command: readonly Buffer[]): ServerReply {
    const called = name(command[0]!).toUpperCase()
    this.counts.set(called, (this.counts.get(called) ?? 0) + 1)
    return this.#execute(called, command.slice(1), client)
  }

  #execute(called: string, args: readonly Buffer[], client: ServerClient | undefined): ServerReply {
    const refusal = this.refuse?.(called, args)
    if (refusal !== undefined) return new ServerError(refusal)
    const handler = keyCommands[called]
    if (handler !== undefined) return handler({ keys: this.keys, now: this.#now }, args)
    switch (called) {
      case 'PING':
        return Buffer.from('PONG')
      case 'TIME':
        return this.#time()
      case 'INFO':
        return this.#info()
      case 'CLIENT':
        return this.#client(args, client)
      case 'PUBLISH':
        return this.#publish(args[0]!, args[1]!)
      case 'SUBSCRIBE':
        for (const channel of args) client?.channels.add(name(channel))
        return client?.channels.size ?? 0
      case 'SCRIPT':
        return this.#script(args)
      case 'EVAL':
      case 'EVALSHA':
        return this.#eval(called, args)
      default:
        return new ServerError(`ERR unknown command '${called}'`)
    }
  }

  #time(): ServerReply {
    const micros = Math.round(this.#now() * 1_000)
    return [Math.floor(micros / 1_000_000), micros % 1_000_000].map((part) => Buffer.from(String(part)))
  }

  #info(): ServerReply {
    const lines = ['# Server', 'redis_version:7.0.15', `run_id:${this.runId}`, '# Replication', 'role:master', '']
    return Buffer.from(lines.join('\r\n'))
  }

  #client(args: readonly Buffer[], client: ServerClient | undefined): ServerReply {
    const asked = args.map((arg) => name(arg).toUpperCase())
    if (asked[0] === 'ID') return client?.id ?? 0
    if (asked[0] === 'SETNAME' || asked[0] === 'SETINFO') return ok
    if (asked[0] !== 'KILL' || asked[1] !== 'ID') return new ServerError('ERR syntax error')
    const victim = this.#clients.get(Number(asked[2]))
    if (victim === undefined) return 0
    this.#clients.delete(victim.id)
    victim.kill()
    return 1
  }

  #publish(channel: Buffer, message: Buffer): number {
    const listeners = this.clients.filter(({ channels }) => channels.has(name(channel)))
    for (const listener of listeners) listener.push(channel, message)
    return listeners.length
  }

  #script(args: readonly Buffer[]): ServerReply {
    if (name(args[0]!).toUpperCase() !== 'LOAD') return new ServerError('ERR unknown subcommand')
    const { sha } = this.#known(args[1]!.toString())
    this.#loaded.add(sha)
    return Buffer.from(sha)
  }

  #eval(called: 'EVAL' | 'EVALSHA', args: readonly Buffer[]): ServerReply {
    const first = args[0]!.toString()
    const script =
      called === 'EVAL'
        ? this.#known(first)
        : this.#scripts.find(({ sha }) => sha === first.toLowerCase() && this.#loaded.has(sha))
    if (script === undefined) return new ServerError('NOSCRIPT No matching script. Please use EVAL.')
    this.#loaded.add(script.sha)
    const count = Number(args[1]!.toString())
    const keys = args.slice(2, 2 + count).map(name)
    try {
      return script.run(this.#scriptRedis(), keys, args.slice(2 + count)) ?? null
    } catch (error) {
      if (error instanceof ServerError) return error
      throw error
    }
  }

  #scriptRedis(): ScriptRedis {
    const pcall: ScriptRedis['pcall'] = (called, ...args) =>
      this.#execute(called.toUpperCase(), args.map(asBytes), undefined)
    const call: ScriptRedis['call'] = (called, ...args) => {
      const reply = pcall(called, ...args)
      if (reply instanceof ServerError) throw reply
      return reply
    }
    return { call, pcall }
  }

  #known(source: string): SimulatedScript & { readonly sha: string } {
    const sha = sha1(source.trim())
    const script = this.#scripts.find((each) => each.sha === sha)
    if (script !== undefined) return script
    throw new Error(`The simulation was given no equivalent of this script:\n${source}`)
  }
}

/** An argument as bytes: text of a key or member is bytes already, one a character. */
function asBytes(arg: string | number | Uint8Array): Buffer {
  if (typeof arg === 'object') return Buffer.from(arg)
  return Buffer.from(String(arg), 'latin1')
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex')
}
