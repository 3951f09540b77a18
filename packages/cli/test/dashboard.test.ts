import { startRedis, type RedisServer } from '@holdfast/testing/redis'
import { createCache, createKit, redisStore } from 'holdfast'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { runCommand } from './run-command.ts'

let redis: RedisServer
const token = 'a token of enough characters'

beforeAll(async () => {
  redis = await startRedis()
})

afterAll(() => redis.stop())

describe('holdfast dashboard', () => {
  it('serves a page until Ctrl-C, and ends with 0', async () => {
    let page = ''

    const { code, err } = await runCommand(['dashboard', '--redis', redis.url, '--json'], {
      whileRunning: async (line) => {
        page = await (await fetch((JSON.parse(line) as { url: string }).url)).text()
      },
    })

    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(page).toContain('<h1 id="name">')
  })

  it('tells people where it is, of which keys, and what they have to set to see them', async () => {
    const { code, out } = await runCommand(['dashboard', '--redis', redis.url], { interruptAfterLines: 1 })

    expect(code).toBe(0)
    expect(out).toMatch(/^The dashboard of 'holdfast:' .* is at http:\/\/127\.0\.0\.1:\d+\/? until Ctrl-C\./)
    expect(out).toContain('set CACHE_ADMIN_TOKEN')
  })

  it('invalidates for every process, where it may', async () => {
    const env = { REDIS_URL: redis.url, REDIS_KEY_PREFIX: 'board:' }
    const { Cache, CacheMonitor, close } = createKit({ env, log: () => undefined })
    onTestFinished(() => close())
    await vi.waitFor(async () => expect((await CacheMonitor.healthCheck()).status).toBe('healthy'), { timeout: 10_000 })
    await Cache.set('lead:1', 'old', 60, ['leads'])
    const answers: number[] = []

    const { code, err } = await runCommand(['dashboard', '--json', '--allow-invalidate'], {
      env: { ...env, CACHE_ADMIN_TOKEN: token },
      whileRunning: async (line) => {
        const { url } = JSON.parse(line) as { url: string }
        answers.push((await fetch(new URL('api/state', url))).status)
        const sent = {
          method: 'POST',
          body: JSON.stringify({ key: 'lead:1' }),
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        }
        answers.push((await fetch(new URL('api/invalidate', url), sent)).status)
        await vi.waitFor(async () => expect(await Cache.get('lead:1')).toBeNull())
      },
    })

    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(answers).toEqual([401, 200])
  })

  it('shows what json() wrote', async () => {
    const cache = createCache({ remote: redisStore(redis.url, { prefix: 'plain:' }) })
    onTestFinished(() => cache.close())
    await vi.waitFor(async () => expect(await cache.set('key', 'of JSON')).toMatchObject({ reached: 'all' }), {
      timeout: 10_000,
    })
    let shown: unknown

    const { code, err } = await runCommand(['dashboard', '--json', '--show-values'], {
      env: { REDIS_URL: redis.url, REDIS_KEY_PREFIX: 'plain:', CACHE_ADMIN_TOKEN: token },
      whileRunning: async (line) => {
        const sent = {
          method: 'POST',
          body: JSON.stringify({ key: 'key' }),
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        }
        shown = await (await fetch(new URL('api/inspect', (JSON.parse(line) as { url: string }).url), sent)).json()
      },
    })

    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(shown).toMatchObject({ verdict: 'hit', value: expect.stringContaining('of JSON') })
  })

  it.each([
    [['--port', '99999'], 'Expected a port'],
    [['--token', 'short'], '16 characters'],
    [['--host', '0.0.0.0'], 'token'],
  ])('ends with 2 and says what is wrong: %j', async (flags, reason) => {
    const { code, err } = await runCommand(['dashboard', '--redis', redis.url, ...flags])

    expect(code).toBe(2)
    expect(err).toContain(reason)
  })
})
