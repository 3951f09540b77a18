import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { startRedis, type RedisServer } from '@holdfast/testing/redis'
import {
  createCache,
  createKit,
  json,
  msgpack,
  redisStore,
  type Namespace,
  type Serializer,
  type WriteOptions,
} from 'holdfast'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { runCli } from '../src/run-cli.ts'
import { runCommand } from './run-command.ts'

// Each runs several processes.
vi.setConfig({ testTimeout: 60_000 })

let redis: RedisServer

beforeAll(async () => {
  redis = await startRedis()
})

afterAll(() => redis.stop())

/** A process of an application with that prefix, as far as Redis and the command can tell. */
async function application(prefix: string) {
  const env = { REDIS_URL: redis.url, REDIS_KEY_PREFIX: prefix }
  const kit = createKit({ env, log: () => undefined })
  onTestFinished(() => kit.close())
  await vi.waitFor(async () => expect((await kit.CacheMonitor.healthCheck()).status).toBe('healthy'), {
    timeout: 10_000,
  })
  return { ...kit, env }
}

/** A cache that is made without the kit. */
async function plainApplication(prefix: string, serializer: Serializer) {
  const cache = createCache({ remote: redisStore(redis.url, { prefix }), serializer })
  onTestFinished(() => cache.close())
  return { cache, env: { REDIS_URL: redis.url, REDIS_KEY_PREFIX: prefix } }
}

/** Stores it in Redis for certain: a busy machine may not make it within the deadline of a call. */
async function store(part: Namespace, entries: readonly (readonly [string, unknown])[], options?: WriteOptions) {
  await vi.waitFor(async () => expect(await part.setMany(entries, options)).toMatchObject({ reached: 'all' }), {
    timeout: 30_000,
  })
}

describe('holdfast keys', () => {
  it('lists what an application stored, by a glob, without bookkeeping', async () => {
    const { Cache, env } = await application('keys:')
    await Cache.setMany(
      ['lead:1', 'lead:2', 'user:1'].map((key) => [key, 1] as const),
      60,
      ['all'],
    )

    const all = await runCommand(['keys'], { env })
    const leads = await runCommand(['keys', 'lead:*', '--json', '--redis', redis.url, '--prefix', 'keys:'])
    const one = await runCommand(['keys', '--limit', '1'], { env })

    expect(all).toMatchObject({ code: 0, err: "3 keys under 'keys:'.\n" })
    expect(all.out.trim().split('\n').toSorted()).toEqual(['lead:1', 'lead:2', 'user:1'])
    expect((JSON.parse(leads.out) as { keys: string[] }).keys.toSorted()).toEqual(['lead:1', 'lead:2'])
    expect(one.out.trim().split('\n')).toHaveLength(1)
    expect(one.err).toContain('--limit')
  })

  it('says where it looked when there is nothing', async () => {
    const none = await runCommand(['keys'], { env: { REDIS_URL: redis.url } })
    const other = await runCommand(['keys', 'lead:*', '--prefix', 'nobody:'], { env: { REDIS_URL: redis.url } })
    const programs = await runCommand(['keys', '--json'], { env: { REDIS_URL: redis.url } })

    expect(none).toMatchObject({ code: 0, out: '' })
    expect(none.err).toMatch(/^Nothing under 'holdfast:' \(the default: --prefix or REDIS_KEY_PREFIX/)
    expect(other).toMatchObject({ code: 0, out: '', err: "Nothing under 'nobody:' matches lead:*.\n" })
    expect(programs).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(programs.out)).toEqual({ prefix: 'holdfast:', keys: [], isMore: false })
  })
})

/** What an application has in two namespaces, and of its own under names that begin like theirs. */
async function withNamespaces(prefix: string) {
  const { Cache, cache, env } = await application(prefix)
  const tenant = cache.namespace('tenant/default')
  const all = { cache, tenant, other: cache.namespace('tenant/other') }
  for (const part of Object.values(all))
    await store(
      part,
      ['product:1', 'product:2'].map((key) => [key, key] as const),
    )
  await store(
    cache,
    ['@at', '~tilde'].map((key) => [key, key] as const),
  )
  const has = async (part: keyof typeof all): Promise<readonly string[]> => [
    ...(await all[part].getMany(['product:1', 'product:2', '@at', '~tilde'])).keys(),
  ]
  return { Cache, cache, tenant, env, has }
}

describe('names as `holdfast keys` prints them', () => {
  it('are those of a namespace with its name, and can be asked for alone', async () => {
    const { env } = await withNamespaces('names-keys:')

    const tenant = await runCommand(['keys', '--namespace', 'tenant/default'], { env })
    const two = await runCommand(['keys', '*:2', '--namespace', 'tenant/other', '--json'], { env })
    const byGlob = await runCommand(['keys', '@tenant/*:1', '--json'], { env })
    const marked = await runCommand(['keys', '~~*', '--json'], { env })
    const wrong = await runCommand(['keys', '--namespace', '@tenant/default'], { env })

    const listed = ({ out }: { readonly out: string }): unknown =>
      (JSON.parse(out) as { keys: string[] }).keys.toSorted()
    expect(tenant.out.trim().split('\n').toSorted()).toEqual(['@tenant/default:product:1', '@tenant/default:product:2'])
    expect(listed(two)).toEqual(['@tenant/other:product:2'])
    expect(listed(byGlob)).toEqual(['@tenant/default:product:1', '@tenant/other:product:1'])
    expect(listed(marked)).toEqual(['~~tilde'])
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining("that does not begin with '@'") })
  })

  it.each(['product:1', '@tenant/default:product:1', '@@at', '~~tilde'])('`get` takes %s', async (key) => {
    const { env } = await withNamespaces(`names-get-${encodeURIComponent(key)}:`)

    const ran = await runCommand(['get', key, '--json'], { env })

    expect(ran).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(ran.out)).toMatchObject({ key, value: key.replace(/^@tenant.default:|^[@~](?=[@~])/, '') })
  })

  it('`invalidate` takes them, in memory of a running application too', async () => {
    const { env, has } = await withNamespaces('names-invalidate:')
    await Promise.all([has('cache'), has('tenant')])
    const names = ['@tenant/default:product:1', 'product:2', '@@at', '@tenant/other:product:2']

    const ran = await runCommand(['invalidate', '--key', ...names, '--json'], { env })

    expect(ran).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(ran.out)).toEqual({ action: 'invalidate', keys: { reached: 'all', queued: false } })
    await vi.waitFor(async () => expect(await has('tenant')).toEqual(['product:2']), { timeout: 30_000 })
    await vi.waitFor(async () => expect(await has('other')).toEqual(['product:1']), { timeout: 30_000 })
    await vi.waitFor(async () => expect(await has('cache')).toEqual(['product:1', '~tilde']), { timeout: 30_000 })
  })

  it.each([
    ['--pattern', '@tenant/default:*:1', ['product:1', 'product:2', '@at', '~tilde'], ['product:2']],
    ['--pattern', '@tenant/*t:*:1', ['product:1', 'product:2', '@at', '~tilde'], ['product:2']],
    ['--pattern', '@@*', ['product:1', 'product:2', '~tilde'], ['product:1', 'product:2']],
    ['--namespace tenant/default --pattern', '*:1', ['product:1', 'product:2', '@at', '~tilde'], ['product:2']],
    ['--namespace tenant/default --key', 'product:2', ['product:1', 'product:2', '@at', '~tilde'], ['product:1']],
    ['--namespace tenant/default', '--all', ['product:1', 'product:2', '@at', '~tilde'], []],
  ])('`invalidate %s %s` ends what it says, and no more', async (flags, name, own, tenants) => {
    const { env, has } = await withNamespaces(`names-${encodeURIComponent(flags + name)}:`)

    const ran = await runCommand(['invalidate', ...flags.split(' '), name], { env })

    expect(ran).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Invalidated') })
    await vi.waitFor(async () => expect(await has('tenant')).toEqual(tenants), { timeout: 30_000 })
    await vi.waitFor(async () => expect(await has('cache')).toEqual(own), { timeout: 30_000 })
    await vi.waitFor(async () => expect(await has('other')).toEqual(['product:1', 'product:2']), { timeout: 30_000 })
  })

  it('shows and takes tags that begin with @ doubled', async () => {
    const { cache, env } = await application('names-tags:')
    const tenant = cache.namespace('tenant')
    await tenant.set('key', 1, { tags: ['@vip', 'leads'] })

    const got = await runCommand(['get', '@tenant:key', '--json'], { env })
    const ran = await runCommand(['invalidate', '--tag', '@@vip'], { env })

    expect(JSON.parse(got.out)).toMatchObject({ tags: ['@@vip', 'leads'] })
    expect(ran.code).toBe(0)
    await vi.waitFor(async () => expect(await tenant.get('key')).toBeUndefined(), { timeout: 30_000 })
  })

  it.each([
    ['get @tenant', '@namespace:key'],
    ['get ~tag:leads', '"~~tag:leads"'],
    ['get @tenant:key --namespace tenant', 'leave out --namespace'],
    ['invalidate --key @tenant', '"@@tenant"'],
    ['invalidate --tag @tenant/default', '--namespace tenant/default --all'],
    ['invalidate --tag leads --namespace tenant', 'without --namespace'],
    ['invalidate --pattern ~tag:*', '"~~tag:*"'],
    ['invalidate --namespace tenant --all --key a', '--all alone'],
  ])('`%s` is refused with what to say instead', async (line, instead) => {
    let err = ''

    const code = await runCli(line.split(' '), { out: (text) => expect.fail(text), err: (text) => (err += text) })

    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(instead) })
  })
})

describe('holdfast get', () => {
  it('shows a value with its age and tags', async () => {
    const { Cache, cache, env } = await application('get:')
    await Cache.set('lead:1', { name: 'Ada', at: new Date(0), big: 2n ** 70n, tags: new Map([['a', 1]]) }, 60, [
      'leads',
    ])
    await cache.namespace('session').set('lead:1', 'inner')

    const human = await runCommand(['get', 'lead:1'], { env })
    const json = await runCommand(['get', 'lead:1', '--json'], { env })
    const inner = await runCommand(['get', 'lead:1', '--namespace', 'session', '--json'], { env })

    expect(human).toMatchObject({ code: 0, err: '' })
    expect(human.out).toMatch(/tags +leads\n/)
    expect(human.out).toContain("name: 'Ada'")
    expect(JSON.parse(json.out)).toMatchObject({
      key: 'lead:1',
      found: true,
      value: { name: 'Ada', at: '1970-01-01T00:00:00.000Z', big: String(2n ** 70n), tags: [['a', 1]] },
      isStale: false,
      tags: ['leads'],
    })
    expect(JSON.parse(inner.out)).toMatchObject({ value: 'inner', tags: [] })
  })

  it.each([
    ['json', json()],
    ['msgpack', msgpack()],
  ])('reads what %s wrote', async (name, serializer) => {
    const { cache, env } = await plainApplication(`get-${name}:`, serializer)
    const value = { name: 'Ada', at: new Date(0), seen: new Set([1, 2n ** 70n]), bytes: Buffer.from('ab') }
    await store(cache, [['key', value]])

    const human = await runCommand(['get', 'key'], { env })
    const programs = await runCommand(['get', 'key', '--json'], { env })

    expect(human).toMatchObject({ code: 0, err: '' })
    expect(human.out).toContain(inspect(value))
    expect(human.out).toContain(`get-${name}:key`)
    expect(JSON.parse(programs.out)).toMatchObject({
      found: true,
      value: { name: 'Ada', seen: [1, String(2n ** 70n)] },
    })
  })

  it('says of which serializer it is, where that is one of the application', async () => {
    const { cache, env } = await plainApplication('get-own:', { ...json(), name: 'own' })
    await store(cache, [['key', 1]])

    const ran = await runCommand(['get', 'key'], { env })

    expect(ran).toMatchObject({ code: 1, out: expect.stringContaining('written by the serializer "own"') })
  })

  it('says so where what json() wrote is damaged', async () => {
    const { cache, env } = await plainApplication('get-damaged:', json())
    await store(cache, [['key', { name: 'Ada' }]])
    const length = Number(await redis.command('STRLEN', 'get-damaged:key'))
    await redis.command('SETRANGE', 'get-damaged:key', length - 1, '!')

    const ran = await runCommand(['get', 'key'], { env })

    expect(ran).toMatchObject({ code: 1, out: expect.stringContaining('json') })
  })

  it('says why there is nothing, and ends with 1', async () => {
    const { cache, env } = await application('get-none:')
    await store(cache, [['gone', 1]], { tags: ['leads'] })
    await store(cache.namespace('tenant'), [['key', 1]])
    await cache.invalidateTags('leads')
    await cache.namespace('tenant').clear()
    await redis.command('SET', 'get-none:foreign', 'text')

    const why = async (key: string): Promise<unknown> => {
      const ran = await runCommand(['get', key, '--json'], { env })
      expect(ran.code).toBe(1)
      return JSON.parse(ran.out)
    }

    expect(await why('gone')).toEqual({
      prefix: 'get-none:',
      key: 'gone',
      found: false,
      why: 'invalidated by the tag leads',
    })
    expect(await why('@tenant:key')).toMatchObject({ why: 'invalidated: the namespace tenant was cleared' })
    expect(await why('foreign')).toMatchObject({ why: expect.stringContaining('another program') })
    expect(await runCommand(['get', 'never'], { env })).toMatchObject({
      code: 1,
      out: "never, under 'get-none:': nothing is stored\n",
    })
  })
})

describe('holdfast invalidate', () => {
  it.each([
    ['--tag', ['leads', 'users'], ['b', 'c:1', 'c:2']],
    ['--key', ['b'], ['a', 'c:1', 'c:2']],
    ['--pattern', ['c:*'], ['a', 'b']],
    ['--all', [], []],
  ])('%s %j is heard by the memory of a running application', async (flag, names, left) => {
    const { Cache, env } = await application(`invalidate${flag}:`)
    const keys = ['a', 'b', 'c:1', 'c:2']
    await Cache.set('a', 1, 60, ['leads'])
    await Cache.setMany(keys.slice(1).map((key) => [key, 1] as const))
    await Cache.getMany(keys)

    const ran = await runCommand(['invalidate', flag, ...names], { env })

    expect(ran).toMatchObject({ code: 0, err: '', out: expect.stringContaining('in every process') })
    await vi.waitFor(async () => expect([...(await Cache.getMany(keys)).keys()]).toEqual(left), { timeout: 30_000 })
  })

  it('says under which keys nothing stood', async () => {
    const { cache, env } = await application('invalidate-absent:')
    await store(cache, [['there', 1]])

    const ran = await runCommand(['invalidate', '--key', 'there', 'their', '@tenant:there'], { env })

    expect(ran).toMatchObject({ code: 0, err: 'Nothing stood in Redis under: their, @tenant:there.\n' })
  })

  it('says what was reached, for programs', async () => {
    const { env } = await application('invalidate-json:')

    const ran = await runCommand(['invalidate', '--tag', 'leads', '--json'], { env })

    expect(JSON.parse(ran.out)).toEqual({ action: 'invalidate', tags: { reached: 'all', queued: false } })
  })

  it.each([[[]], [['--all', '--key', 'a']]])('wants to know what: %j', async (args) => {
    const ran = await runCommand(['invalidate', ...args], { env: { REDIS_URL: redis.url } })

    expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--all') })
  })
})

describe('holdfast without a Redis', () => {
  it.each([['keys'], ['get', 'key'], ['invalidate', '--key', 'key']])(
    '%s says so, and ends with 3',
    async (...args) => {
      await using gone = await startRedis({ password: 'hunter2' })
      await gone.kill()

      const ran = await runCommand(args, { env: { REDIS_URL: gone.url } })

      expect(ran).toMatchObject({ code: 3, out: '' })
      expect(ran.err).toContain(`127.0.0.1:${gone.port}`)
      expect(ran.err).not.toContain('hunter2')
    },
  )

  it('asks where it is, and ends with 2', async () => {
    const ran = await runCommand(['keys'], { cwd: '/' })

    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('--redis') })
  })

  it('names the variable that cannot be used', async () => {
    const ran = await runCommand(['keys'], { env: { REDIS_HOST: 'localhost', REDIS_PORT: 'many' } })

    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('REDIS_PORT') })
  })
})

describe('a file of variables', () => {
  it('is the .env of the folder, over which stands the environment', async () => {
    const { Cache } = await application('env:')
    await Cache.set('key', 1)
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-env-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, '.env'), `REDIS_URL=${redis.url}\nREDIS_KEY_PREFIX=env:\n`)
    writeFileSync(join(folder, 'other.env'), `REDIS_URL=${redis.url}\nREDIS_KEY_PREFIX=none:\n`)

    const own = await runCommand(['keys'], { cwd: folder })
    const over = await runCommand(['keys'], { cwd: folder, env: { REDIS_KEY_PREFIX: 'nobody:' } })
    const named = await runCommand(['keys', '--env-file', 'other.env'], { cwd: folder })
    const none = await runCommand(['keys', '--env-file', 'missing.env'], { cwd: folder })

    expect(own).toEqual({ code: 0, out: 'key\n', err: "1 key under 'env:'.\n" })
    expect(over).toMatchObject({ code: 0, err: "Nothing under 'nobody:'.\n" })
    expect(named).toMatchObject({ code: 0, err: "Nothing under 'none:'.\n" })
    expect(none).toMatchObject({ code: 2, out: '', err: expect.stringContaining(join(folder, 'missing.env')) })
  })
})
