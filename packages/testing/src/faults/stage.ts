import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultProxy } from '../proxy/start-fault-proxy.ts'
import { RawConnection } from '../redis/connection.ts'
import { RedisReplyError } from '../redis/resp.ts'
import type { RedisCluster } from '../redis/start-cluster.ts'
import type { RedisServer } from '../redis/start-redis.ts'
import type { RedisSentinels } from '../redis/start-sentinels.ts'
import { app, type Ground } from './ground.ts'
import type { Departure, SubjectProcess } from './subject-process.ts'

/** What somebody saw who asked Redis the way the application does. */
export interface Probe {
  readonly outcome: 'answer' | 'refusal' | 'silence' | 'no connection'
  /** The refusal's first word, or what went wrong. */
  readonly text: string
  readonly tookMs: number
}

const probeMs = 400

/** What faults can be done to, and what shows that they happened. */
export class FaultStage {
  readonly prefix: string
  readonly subject: SubjectProcess
  readonly #ground: Ground
  readonly #leaver: SubjectProcess | undefined
  #departure: Promise<Departure> | undefined
  readonly #complaints: string[] = []

  constructor(parts: {
    readonly ground: Ground
    readonly prefix: string
    readonly subject: SubjectProcess
    readonly leaver: SubjectProcess | undefined
  }) {
    this.#ground = parts.ground
    this.prefix = parts.prefix
    this.subject = parts.subject
    this.#leaver = parts.leaver
  }

  /** The one server. A row of a topology has none. */
  get redis(): RedisServer {
    return here(this.#ground.single).redis
  }

  /** The way to the one server. */
  get proxy(): FaultProxy {
    return here(this.#ground.single).proxy
  }

  get cluster(): RedisCluster {
    return here(this.#ground.cluster)
  }

  get sentinels(): RedisSentinels {
    return here(this.#ground.sentinels)
  }

  /** Ends what a fault may have left on the way. */
  async heal(): Promise<void> {
    await this.#ground.single?.proxy.heal()
  }

  /** The traffic goes on while the fault is in force. In the middle of the first stretch one application closes its cache. */
  async during(ms: number): Promise<void> {
    if (this.#departure !== undefined || this.#leaver === undefined) {
      await sleep(ms)
      return
    }
    await sleep(ms / 2)
    this.#departure = this.#leaver.leave()
    await sleep(ms / 2)
  }

  /** All processes that the fault may strike. */
  get applications(): readonly SubjectProcess[] {
    return this.#leaver === undefined ? [this.subject] : [this.subject, this.#leaver]
  }

  /** Something that this fault alone can show to be wrong. */
  complain(text: string): void {
    this.#complaints.push(text)
  }

  get complaints(): readonly string[] {
    return this.#complaints
  }

  /** How the application that closed its cache in the middle left; `undefined` when there was none. */
  async departure(): Promise<Departure | undefined> {
    return this.#departure
  }

  /** Asks Redis as the application does: through the proxy, as its user, on a connection of its own. */
  async probe(...command: readonly string[]): Promise<Probe> {
    const from = performance.now()
    const saw = (outcome: Probe['outcome'], text: string): Probe => ({
      outcome,
      text,
      tookMs: performance.now() - from,
    })
    let connection: RawConnection | undefined
    try {
      const { host, port } = this.proxy
      connection = await RawConnection.open({ host, port, ...app, timeoutMs: probeMs })
      return saw('answer', String(await connection.send(command)).slice(0, 40))
    } catch (error) {
      const { message } = error as Error
      if (error instanceof RedisReplyError) return saw('refusal', message.split(' ')[0]!)
      if (/did not answer|No connection to Redis within/.test(message)) return saw('silence', message)
      return saw('no connection', message)
    } finally {
      connection?.close()
    }
  }

  /** How often a server has answered with an error of that code. */
  async refusals(code: string, server: RedisServer): Promise<number> {
    const info = String(await server.command('INFO', 'errorstats'))
    return Number(new RegExp(`^errorstat_${code}:count=(\\d+)`, 'm').exec(info)?.[1] ?? 0)
  }

  /** The whole key in Redis. */
  key(name: string): string {
    return this.prefix + name
  }

  /** A number of the server's INFO. */
  async info(field: string): Promise<number> {
    const info = String(await this.redis.command('INFO'))
    return Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1] ?? Number.NaN)
  }
}

function here<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('This row is played on other servers: look at its `topology`.')
  return part
}

/** @throws {Error} with what was seen instead */
export function proven(isSo: boolean, what: string): string {
  if (isSo) return what
  throw new Error(`The fault did not happen: ${what}.`)
}
