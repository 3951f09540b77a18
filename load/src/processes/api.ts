import type { ApiMode } from '../app/cache.ts'
import type { LoadFault } from '../app/loads.ts'
import type { Ready } from '../app/main.ts'
import type { Reading } from '../app/meters.ts'
import type { Alert } from 'holdfast'
import { startChild, type Child } from './child.ts'

/** How an API process is started. */
export interface ApiOptions {
  readonly mode: ApiMode
  /** The file of a working copy; processes may share one. */
  readonly databasePath: string
  readonly redisUrl?: string | undefined
  /** @default localpower: */
  readonly redisPrefix?: string | undefined
  /** @default 0, a free one */
  readonly port?: number
  readonly env?: NodeJS.ProcessEnv
  /** For Node. */
  readonly execArgv?: readonly string[]
}

/** A process of the sample API. */
export interface ApiProcess extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly pid: number
  readonly isRunning: boolean
  read(): Promise<Reading>
  /** Slows or fails its loads. */
  fault(fault: Partial<LoadFault>): Promise<void>
  /** Makes keys stale. */
  expire(keys: readonly string[]): Promise<void>
  invalidateTags(tags: readonly string[]): Promise<void>
  /** The alerts that fired or cleared, newest first. */
  alerts(): Promise<readonly Alert[]>
  /** How often it loaded a key. */
  loadsOf(key: string): Promise<number>
  stop(): Promise<void>
}

/** @throws {Error} with what the process wrote, when it does not start */
export async function startApi(options: ApiOptions): Promise<ApiProcess> {
  const child = startChild<Ready>(new URL('../app/main.ts', import.meta.url), {
    execArgv: options.execArgv ?? [],
    env: {
      // What the caller's shell says of a cache is not for this process.
      REDIS_HOST: '',
      SKIP_CACHE_DEV: '',
      REDIS_URL: options.redisUrl ?? '',
      REDIS_KEY_PREFIX: options.redisPrefix ?? 'localpower:',
      CACHE: options.mode,
      DATABASE: options.databasePath,
      PORT: String(options.port ?? 0),
      ...options.env,
    },
  })
  try {
    const { port } = await child.next()
    return new OwnApi(child, port)
  } catch (error) {
    await child.stop()
    throw error
  }
}

class OwnApi implements ApiProcess {
  readonly url: string
  readonly port: number
  readonly #child: Child<Ready>

  constructor(child: Child<Ready>, port: number) {
    this.#child = child
    this.port = port
    this.url = `http://127.0.0.1:${port}`
  }

  get pid(): number {
    return this.#child.pid
  }

  get isRunning(): boolean {
    return this.#child.isRunning
  }

  read(): Promise<Reading> {
    return this.#ask<Reading>('/__stats')
  }

  async fault(fault: Partial<LoadFault>): Promise<void> {
    await this.#ask('/__fault', fault)
  }

  async expire(keys: readonly string[]): Promise<void> {
    await this.#ask('/__expire', { keys })
  }

  async invalidateTags(tags: readonly string[]): Promise<void> {
    await this.#ask('/__invalidate', { tags })
  }

  alerts(): Promise<readonly Alert[]> {
    return this.#ask('/__alerts')
  }

  async loadsOf(key: string): Promise<number> {
    const { count } = await this.#ask<{ readonly count: number }>(`/__loads?key=${encodeURIComponent(key)}`)
    return count
  }

  stop(): Promise<void> {
    return this.#child.stop()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #ask<T>(path: string, body?: object): Promise<T> {
    const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const response = await fetch(this.url + path, { ...request, signal: AbortSignal.timeout(60_000) })
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as T
  }
}
