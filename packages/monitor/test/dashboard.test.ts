import { request as httpRequest } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dashboard, type Dashboard, type DashboardOptions } from '../src/dashboard/dashboard.ts'
import { serveDashboard } from '../src/dashboard/serve-dashboard.ts'
import type { DashboardState, Inspected } from '../src/dashboard/state.ts'
import { stage, traffic, type Staged } from './support/stage.ts'

const token = 'a-secret-of-enough-length'
let staged: Staged
let shown: Dashboard

function open(options: DashboardOptions = { token }): Dashboard {
  shown = dashboard(staged.cache, { clock: staged.clock, ...options })
  return shown
}

beforeEach(() => {
  staged = stage({ ttl: '1h' })
})

afterEach(async () => {
  shown.close()
  await Promise.all([staged.cache.close(), staged.clock.advance(1_000)])
})

/** Asks, while the clock of the cache goes on. */
async function ask(path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> {
  const asked = shown.handle(new Request(`http://localhost${path}`, init))
  for (let turn = 0; turn < 4; turn++) await staged.clock.advance(0)
  return asked
}

const bearer = { authorization: `Bearer ${token}` }

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return ask(path, {
    method: 'POST',
    headers: { ...bearer, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

const store = async (key: string, value: unknown, tags: string[] = []): Promise<void> => {
  await Promise.all([staged.cache.set(key, value, { tags }), staged.clock.advance(0)])
}

describe('what is shown', () => {
  it('is what happened, the last minutes included, to whoever comes late', async () => {
    open()
    await store('hot', 1, ['t'])
    for (let turn = 0; turn < 5; turn++) {
      await traffic(staged, 9, 1)
      await staged.clock.advance(2_000)
    }
    const read = staged.cache.namespace('n').getOrSet('loaded', () => 1)
    await staged.clock.advance(0)
    await read
    await Promise.all([staged.cache.invalidateTags('t'), staged.clock.advance(0)])

    const state = (await (await ask('/api/state', { headers: bearer })).json()) as DashboardState

    expect(state).toMatchObject({
      cache: 'shop',
      access: { keys: true, values: false, invalidate: false },
      health: { status: 'healthy' },
      totals: { hits: 45, misses: 6, loads: 1, shared: { memoryEntries: 2 } },
      remote: { state: 'ready', details: { breaker: 'closed' } },
      tags: [{ tag: 't', stored: 1, invalidations: 1 }],
      invalidations: [{ type: 'tags', names: ['t'], origin: 'local' }],
    })
    expect(state.history).toHaveLength(5)
    expect(state.history[2]).toMatchObject({ reads: 5, hitRatio: 0.9, memoryHits: 4.5, misses: 0.5 })
    expect(state.keys!.read[0]).toMatchObject({ key: 'hot', times: 45 })
    expect(state.keys!.loaded).toEqual([{ namespace: 'n', key: 'loaded', times: 1, mean: 0 }])
    expect(state.rules.map(({ rule }) => rule)).toEqual(['hit-ratio', 'remote-failing', 'latency', 'memory'])
  })

  it('is numbers alone where there is no token', async () => {
    open({})
    await store('secret:key', 1, ['secret:tag'])
    await traffic(staged, 1, 1)
    const text = await (await ask('/api/state')).text()

    expect(JSON.parse(text)).toMatchObject({ access: { keys: false, values: false, invalidate: false } })
    expect(text).not.toMatch(/secret|"hot"|missing:0/)
  })

  it('observes nothing any more when it is closed', async () => {
    open()
    shown.close()
    const before = await (await ask('/api/state', { headers: bearer })).json()
    await traffic(staged, 0, 3)
    await staged.clock.advance(60_000)
    const after = (await (await ask('/api/state', { headers: bearer })).json()) as DashboardState

    expect(after.history).toEqual((before as DashboardState).history)
    expect(after.keys!.read).toEqual([])
  })
})

describe('whoever has not the token', () => {
  it.each([
    ['none', {}],
    ['another', { authorization: 'Bearer another-secret-of-length' }],
    ['a part', { authorization: `Bearer ${token.slice(0, -1)}` }],
    ['it in another scheme', { authorization: `Basic ${token}` }],
    ['it in a cookie', { cookie: `token=${token}` }],
  ] as [string, Record<string, string>][])('has %s: sees, inspects and changes nothing', async (_, headers) => {
    open({ token, allowInvalidate: true })
    await store('key', 'value')
    const sent = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: '{"key":"key"}' }

    const answers = [
      await ask('/api/state', { headers }),
      await ask('/api/inspect', sent),
      await ask('/api/invalidate', sent),
    ]

    for (const answer of answers) {
      expect(answer.status).toBe(401)
      expect(await answer.text()).not.toContain('shop')
    }
    expect(await staged.cache.get('key')).toBe('value')
  })

  it('cannot act where no token is set', async () => {
    open({ allowInvalidate: true, showValues: true })
    await store('key', 'value')

    for (const route of ['inspect', 'invalidate'])
      expect((await post(`/api/${route}`, { key: 'key' })).status).toBe(403)
    expect(await staged.cache.get('key')).toBe('value')
  })

  it('cannot be let in by a token that can be guessed', () => {
    open()
    expect(() => dashboard(staged.cache, { token: 'short' })).toThrow('at least 16 characters')
  })
})

describe('inspecting', () => {
  it('tells of a key without its value', async () => {
    open()
    await store('key', { name: 'Ada Lovelace' }, ['t'])
    const text = await (await post('/api/inspect', { key: 'key' })).text()

    expect(JSON.parse(text)).toMatchObject({ verdict: 'hit', from: 'memory', memory: { tags: ['t'] } })
    expect(text).not.toContain('Lovelace')
    expect(staged.cache.stats().hits).toBe(0)
  })

  it('shows the value where that was said', async () => {
    open({ token, showValues: true })
    await store('key', { name: 'Ada Lovelace' })
    const found = (await (await post('/api/inspect', { key: 'key' })).json()) as Inspected

    expect(found.value).toBe("{ name: 'Ada Lovelace' }")
  })

  it('finds keys of a namespace', async () => {
    open()
    await Promise.all([staged.cache.namespace('n').set('key', 1), staged.clock.advance(0)])

    expect(await (await post('/api/inspect', { key: 'key', namespace: 'n' })).json()).toMatchObject({ verdict: 'hit' })
    expect(await (await post('/api/inspect', { key: 'key' })).json()).toMatchObject({ verdict: 'miss' })
  })

  it('refuses what cannot be asked', async () => {
    open()
    const bodies = [
      {},
      { key: '' },
      { key: 1 },
      { key: 'k', tag: 't' },
      { tag: 't' },
      { key: 'k', namespace: 'a:b' },
      [],
      'text',
      null,
    ]

    for (const body of bodies) expect((await post('/api/inspect', body)).status).toBe(400)
    expect((await post('/api/inspect', { key: 'k'.repeat(70_000) })).status).toBe(400)
    expect((await post('/api/inspect', { key: 'k' }, { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await ask('/api/inspect', { headers: bearer })).status).toBe(405)
    expect((await post('/api/other', { key: 'k' })).status).toBe(404)
  })
})

describe('invalidating', () => {
  it('is refused unless it was allowed', async () => {
    open()
    await store('key', 1)

    expect((await post('/api/invalidate', { key: 'key' })).status).toBe(403)
    expect(await staged.cache.get('key')).toBe(1)
  })

  it('ends a key, or what carries a tag, and says how far it reached', async () => {
    open({ token, allowInvalidate: true })
    await store('key', 1)
    await store('tagged', 1, ['t'])

    const key = await post('/api/invalidate', { key: 'key' })
    const tag = await post('/api/invalidate', { tag: 't' })

    expect([await key.json(), await tag.json()]).toEqual([
      { reached: 'all', queued: false },
      { reached: 'all', queued: false },
    ])
    const read = Promise.all([staged.cache.get('key'), staged.cache.get('tagged')])
    await staged.clock.advance(0)
    expect(await read).toEqual([undefined, undefined])
  })

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another host of the same site', { 'sec-fetch-site': 'same-site' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['an origin that is none', { origin: 'null' }],
  ] as [string, Record<string, string>][])('is refused for %s, with the token too', async (_, headers) => {
    open({ token, allowInvalidate: true })
    await store('key', 1)

    expect((await post('/api/invalidate', { key: 'key' }, headers)).status).toBe(403)
    expect(await staged.cache.get('key')).toBe(1)
  })

  it('is done for its own page', async () => {
    open({ token, allowInvalidate: true })
    const headers = { origin: 'http://localhost', 'sec-fetch-site': 'same-origin' }

    expect((await post('/cache/api/invalidate', { key: 'key' }, headers)).status).toBe(200)
  })
})

describe('the page', () => {
  it('may run its own script, talk to its own server, and nothing else', async () => {
    open()
    const answer = await ask('/')
    const policy = answer.headers.get('content-security-policy')!

    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("connect-src 'self'")
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await answer.text()).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/)
  })

  it('is read only', async () => {
    open()
    expect((await ask('/', { method: 'POST' })).status).toBe(405)
    expect((await ask('/', { method: 'HEAD' })).status).toBe(200)
  })
})

describe('a server of its own', () => {
  const get = (port: number, host: string, path = '/'): Promise<number> =>
    new Promise((resolve, reject) => {
      httpRequest({ port, path, headers: { host } }, (response) => {
        response.resume()
        resolve(response.statusCode!)
      })
        .on('error', reject)
        .end()
    })

  it('serves on this machine alone, by its own names, and ends', async () => {
    open()
    const served = await serveDashboard(staged.cache)
    const { port, url } = served

    expect(url).toBe(`http://127.0.0.1:${port}/`)
    expect(await get(port, `localhost:${port}`)).toBe(200)
    expect(await get(port, 'rebound.example')).toBe(421)
    expect(await get(port, 'localhost', '//')).toBe(200)
    await served.close()
    await expect(get(port, 'localhost')).rejects.toThrow(/ECONN|hang up/)
  })

  it('does not show itself to others without a token, and says when a port is taken', async () => {
    open()
    await expect(serveDashboard(staged.cache, { host: '0.0.0.0' })).rejects.toThrow('Expected a `token`')
    for (const port of ['3000', -1, 65_536, 1.5])
      await expect(serveDashboard(staged.cache, { port: port as number })).rejects.toThrow(
        '`port` to be a whole number',
      )
    await using served = await serveDashboard(staged.cache)
    await expect(serveDashboard(staged.cache, { port: served.port })).rejects.toThrow('EADDRINUSE')
  })

  it('refuses a body that is too long', async () => {
    open()
    await using served = await serveDashboard(staged.cache, { token })
    const answer = await fetch(`${served.url}api/inspect`, {
      method: 'POST',
      headers: bearer,
      body: 'x'.repeat(100_000),
    })

    expect(answer.status).toBe(413)
  })
})
