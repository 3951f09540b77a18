import { startRedis } from '@holdfast/testing/redis'
import { parseEnvironment } from 'holdfast'
import { parseEnv } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import { compileAll, generatedApp, type GeneratedApp } from './generated-app.ts'
import { runCli } from '../src/run-cli.ts'
import { runCommand } from './run-command.ts'

const uses = `
import { cacheWrapper, CacheInvalidator, CacheKeys, CacheTags, withCache } from '#middleware'
import { Cache } from '#redis'

class Items {
  @withCache({ ttl: 300, tags: [CacheTags.ITEMS] })
  async all(_request: Request): Promise<readonly string[]> {
    return ['a']
  }
}

export async function use(): Promise<unknown> {
  await Cache.set(CacheKeys.item('1'), 'one', 3600, [CacheTags.ITEMS])
  await CacheInvalidator.invalidateItems()
  const { data, context } = await cacheWrapper(CacheKeys.itemList('all'), async () => ['a'], { ttl: 300 })
  return [data.length, context.hit, await new Items().all(new Request('http://localhost/'))]
}
`

/** A module that uses what was generated. */
function useKit(app: GeneratedApp, source: string, extension: string): void {
  const code = uses
    .replace('#middleware', `./cache/middleware${extension}`)
    .replace('#redis', `./cache/redis${extension}`)
  app.write(`${source}lib/use.ts`, code)
}

interface Initiated {
  readonly framework: string
  readonly written: readonly string[]
  readonly kept: readonly string[]
  readonly wiring?: string
}

async function initiate(app: GeneratedApp, ...args: readonly string[]): Promise<Initiated> {
  let out = ''
  const streams = { out: (text: string) => (out += text), err: (text: string) => expect.fail(text) }
  expect(await runCli(['init', '--json', '--dir', app.folder, ...args], streams)).toBe(0)
  return JSON.parse(out) as Initiated
}

/** As the file of Next.js that declares it: the framework itself is too large to install for this. */
const nextTypes = "declare module 'next/server' { export function connection(): Promise<void> }\n"

describe('holdfast init', () => {
  it('writes what compiles, where each framework looks for it', async () => {
    const bundler = { moduleResolution: 'bundler' }
    const nodenext = { module: 'NodeNext' }
    const cases = [
      [{ next: '^16.0.0', react: '19' }, bundler, 'app/page.tsx', '', 'app/api/cache-status/route.ts', ''],
      [{ next: '16.1.0' }, bundler, 'src/app/page.tsx', 'src/', 'src/app/api/cache-status/route.ts', ''],
      [{ next: '~14.2.0' }, bundler, 'app/page.tsx', '', 'app/api/cache-status/route.ts', ''],
      [{ next: '15' }, bundler, 'pages/index.tsx', '', 'pages/api/cache-status.ts', ''],
      [{ hono: '4' }, nodenext, 'src/index.ts', 'src/', 'src/lib/cache/status-route.ts', '.js'],
      [{ fastify: '5' }, { allowImportingTsExtensions: true }, 'index.ts', '', 'lib/cache/status-route.ts', '.ts'],
      [{ express: '5' }, nodenext, 'index.ts', '', 'lib/cache/status-route.ts', '.js'],
      [{}, bundler, 'index.ts', '', 'lib/cache/status-route.ts', ''],
    ] as const
    const folders: string[] = []

    for (const [dependencies, options, page, source, route, extension] of cases) {
      const app = generatedApp({ dependencies }, options)
      app.write(page, 'export {}\n')
      app.write('next.d.ts', nextTypes)
      const done = await initiate(app)
      useKit(app, source, extension)
      folders.push(app.folder)
      const paths = ['lib/cache/middleware.ts', 'lib/cache/redis.ts'].map((path) => source + path)
      expect(done).toMatchObject({ framework: Object.keys(dependencies)[0] ?? 'web', kept: [] })
      expect(done.written).toEqual([...paths, route, '.env.example', 'docker-compose.yml'])
      expect(app.read(`${source}lib/cache/redis.ts`)).toContain(`'./middleware${extension}'`)
    }

    expect(await compileAll(folders)).toBe('')
  }, 120_000)

  it('never overwrites what is there, unless it is told to', async () => {
    const app = generatedApp({}, {})
    app.write('docker-compose.yml', 'mine')

    const first = await initiate(app)
    const second = await initiate(app)
    const mine = app.read('docker-compose.yml')
    const forced = await initiate(app, '--force')

    expect(first).toMatchObject({ kept: ['docker-compose.yml'], written: { length: 4 } })
    expect(second).toMatchObject({ kept: { length: 5 }, written: [] })
    expect(mine).toBe('mine')
    expect(forced).toMatchObject({ kept: [], written: { length: 5 } })
    expect(app.read('docker-compose.yml')).toContain('redis:7')
  })

  it('tells people what to do next', async () => {
    const app = generatedApp({ dependencies: { express: '5' } }, {})
    const nextApp = generatedApp({ dependencies: { next: '16' } }, {})

    const ran = await runCommand(['init'], { cwd: app.folder })
    const again = await runCommand(['init'], { cwd: app.folder })
    const next = await runCommand(['init'], { cwd: nextApp.folder })

    expect(ran.out).toContain('npm install holdfast')
    expect(ran.out).toContain("app.all('/api/cache-status', cacheStatusHandler)")
    expect(again.out).toContain('kept   docker-compose.yml (it was there; --force overwrites)')
    // Otherwise only this command finds the Redis of the file.
    expect(ran.out).toContain('node --env-file=.env')
    expect(next.out).not.toContain('--env-file')
  })

  it('wants an application, and a framework that it knows', async () => {
    expect(await runCommand(['init', '--dir', '/nowhere'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('package.json'),
    })
    const broken = generatedApp({}, {})
    broken.write('package.json', '{ "name": ')
    expect(await runCommand(['init'], { cwd: broken.folder })).toMatchObject({
      code: 2,
      err: expect.stringContaining('package.json is no JSON'),
    })
    expect(await runCommand(['init', '--framework', 'rails'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('hono'),
    })
  })
})

const servers = {
  hono: `
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { cacheStatusRoute } from './lib/cache/status-route.ts'
const app = new Hono()
app.route('/api/cache-status', cacheStatusRoute)
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => console.log(port))`,
  fastify: `
import fastify from 'fastify'
import { cacheStatusRoute } from './lib/cache/status-route.ts'
const app = fastify()
await app.register(cacheStatusRoute)
await app.listen({ port: 0, host: '127.0.0.1' })
console.log(app.server.address().port)`,
  // Express hands its requests and responses on, which are Node's.
  express: `
import { createServer } from 'node:http'
import { cacheStatusHandler } from './lib/cache/status-route.ts'
const server = createServer(cacheStatusHandler)
server.listen(0, '127.0.0.1', () => console.log(server.address().port))`,
} as const

describe('an application that init has equipped', () => {
  it.each(['hono', 'fastify', 'express'] as const)('answers the other commands: %s', async (framework) => {
    await using redis = await startRedis()
    const app = generatedApp({ dependencies: { [framework]: '*' } }, { allowImportingTsExtensions: true })
    await initiate(app)
    app.write('server.ts', servers[framework])
    const env = { REDIS_URL: redis.url, CACHE_ADMIN_TOKEN: 'let me in' }

    const port = await app.start('server.ts', env)
    const url = `http://127.0.0.1:${port}/api/cache-status`
    // It answers while it connects; what it says of Redis then is that it is not there yet.
    await vi.waitFor(async () => expect(await (await fetch(url)).json()).toMatchObject({ status: 'healthy' }), {
      timeout: 10_000,
    })
    const stats = await runCommand(['stats', '--json', '--url', url])
    const clear = await runCommand(['invalidate', '--all', '--url', url], { env })
    const refused = await runCommand(['invalidate', '--all', '--url', url, '--token', 'wrong'])

    expect(stats.code).toBe(0)
    expect(JSON.parse(stats.out)).toMatchObject({ status: 'healthy' })
    expect(clear).toMatchObject({ code: 0, err: '' })
    expect(refused.code).toBe(3)
  })

  it('has an environment that the kit can read, with a prefix of its own', async () => {
    const app = generatedApp({}, {})
    await initiate(app)

    const variables = parseEnv(app.read('.env.example'))
    const environment = parseEnvironment(variables)

    expect(environment).toMatchObject({
      redis: 'redis://localhost:6379',
      prefix: 'solar-shop:',
      adminToken: undefined,
    })
    expect(parseEnvironment({ ...variables, REDIS_PASSWORD: 'x' }).redis).toBe('redis://:x@localhost:6379')
  })

  it('has a Redis whose password is really set, bounded, append-only, with a health check that signs in', async () => {
    const app = generatedApp({}, {})
    await initiate(app)
    const { redis } = (parse(app.read('docker-compose.yml')) as Compose).services
    const password = 's3cret words'
    const fill = (text: string): string => text.replaceAll(/\$\{REDIS_PASSWORD:\?[^}]*\}/g, password)
    const [program, ...words] = redis.command.map(fill)
    const directives = Array.from({ length: words.length / 2 }, (_, at) => [
      words[2 * at]!.slice(2),
      words[2 * at + 1]!,
    ])
    const { requirepass, ...config } = Object.fromEntries(directives) as Record<string, string>

    await using server = await startRedis({ config, password: requirepass! })
    const doctor = await runCommand(['doctor', '--json', '--strict'], {
      env: { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(server.port), REDIS_PASSWORD: password },
    })
    const without = await runCommand(['doctor', '--redis', `redis://127.0.0.1:${server.port}`])

    expect([program, redis.image]).toEqual(['redis-server', 'redis:7-alpine'])
    expect(doctor).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(doctor.out)).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({
          check: 'memory',
          level: 'ok',
          message: expect.stringContaining('256.0 MB, volatile-lfu'),
        }),
        expect.objectContaining({ check: 'persistence', message: 'append-only file' }),
      ]),
    })
    expect(without).toMatchObject({ code: 3, out: expect.stringContaining('NOAUTH') })
    expect(fill(redis.environment['REDISCLI_AUTH']!)).toBe(password)
    expect(redis.healthcheck.test).toEqual(['CMD-SHELL', expect.stringContaining('redis-cli ping')])
    expect(redis.ports).toEqual(['127.0.0.1:${REDIS_PORT:-6379}:6379'])
  })
})

interface Compose {
  readonly services: {
    readonly redis: {
      readonly image: string
      readonly command: readonly string[]
      readonly environment: Readonly<Record<string, string>>
      readonly ports: readonly string[]
      readonly healthcheck: { readonly test: readonly string[] }
    }
  }
}
