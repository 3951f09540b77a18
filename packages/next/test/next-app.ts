import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '@holdfast/testing/redis'

const folder = join(import.meta.dirname, 'app')
const next = join(folder, 'node_modules/next/dist/bin/next')

/** The two applications: of Cache Components, and of ISR with a Pages Router. */
export type AppName = 'components' | 'classic'

/** What a page showed, and how it came. */
export interface Shown {
  readonly status: number
  readonly ms: number
  /** What Next says of a whole page: `HIT`, `MISS`, `STALE`. */
  readonly cache: string | null
  readonly html: string
  /** The values in the page, by name. */
  readonly values: Readonly<Record<string, string>>
}

/** Builds an application, where there is no Redis. @throws {Error} with what the build printed */
export async function buildApp(name: AppName): Promise<void> {
  const app = join(folder, name)
  await rm(join(app, '.next'), { recursive: true, force: true })
  // A build that connected would fail, or hang.
  const child = run(name, ['build'], { REDIS_URL: 'redis://127.0.0.1:1' })
  const output = read(child)
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`next build ${name} ended with ${code}:\n${output()}`)
}

/** A `next start` in a process of its own, which dies with this one. */
export class NextServer implements AsyncDisposable {
  readonly port: number
  readonly #child: ChildProcess
  readonly output: () => string

  private constructor(port: number, child: ChildProcess, output: () => string) {
    this.port = port
    this.#child = child
    this.output = output
  }

  static async start(name: AppName, environment: Readonly<Record<string, string>>): Promise<NextServer> {
    const port = await freePort()
    const child = run(name, ['start', '--port', String(port)], environment)
    const server = new NextServer(port, child, read(child))
    await server.#isReady()
    return server
  }

  get pid(): number {
    return this.#child.pid!
  }

  async get(path: string): Promise<Shown> {
    const startedAt = performance.now()
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, { signal: AbortSignal.timeout(30_000) })
    const html = await response.text()
    const found = html.matchAll(/data-name="(\w+)">([^<]*)</g)
    return {
      status: response.status,
      ms: performance.now() - startedAt,
      cache: response.headers.get('x-nextjs-cache'),
      html,
      values: Object.fromEntries(Array.from(found, ([, name, value]) => [name, value])) as Record<string, string>,
    }
  }

  async post(path: string, body: string | FormData, headers: Record<string, string> = {}): Promise<Response> {
    const signal = AbortSignal.timeout(30_000)
    return fetch(`http://127.0.0.1:${this.port}${path}`, { method: 'POST', body, headers, signal, redirect: 'manual' })
  }

  async revalidate(what: {
    readonly tag?: string
    readonly profile?: string
    readonly path?: string
    readonly type?: string
  }): Promise<void> {
    const response = await this.post('/api/revalidate', JSON.stringify(what))
    if (!response.ok) throw new Error(`The revalidation of ${JSON.stringify(what)} answered ${response.status}.`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }

  async #isReady(): Promise<void> {
    for (let waited = 0; waited < 600; waited++) {
      if (/Ready in/.test(this.output())) return
      if (this.#child.exitCode !== null) break
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    this.#child.kill('SIGKILL')
    throw new Error(`next start did not become ready:\n${this.output()}`)
  }
}

function run(name: AppName, args: readonly string[], environment: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(process.execPath, [next, ...args], {
    cwd: join(folder, name),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '', NEXT_TELEMETRY_DISABLED: '1', ...environment },
  })
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  return child
}

function read(child: ChildProcess): () => string {
  let text = ''
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return () => text
}
