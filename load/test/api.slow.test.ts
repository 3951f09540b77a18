import { startRedis, type RedisServer } from '@holdfast/testing/redis'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workingCopy, type WorkingCopy } from '../src/app/database/files.ts'
import type { CacheMode } from '../src/app/cache.ts'
import { startApi, type ApiProcess } from '../src/processes/api.ts'

let copy: WorkingCopy
let redis: RedisServer

beforeAll(async () => {
  copy = await workingCopy({ seed: 1, rows: 2_000 })
  redis = await startRedis()
})

afterAll(async () => {
  await redis?.stop()
  await copy?.[Symbol.asyncDispose]()
})

function start(mode: CacheMode): Promise<ApiProcess> {
  return startApi({ mode, databasePath: copy.path, redisUrl: redis.url })
}

async function get(api: ApiProcess, path: string): Promise<{ status: number; cache: string | null; body: Body }> {
  const response = await fetch(api.url + path)
  return { status: response.status, cache: response.headers.get('x-cache'), body: (await response.json()) as Body }
}

async function send(api: ApiProcess, method: string, path: string, body: object): Promise<Body> {
  const response = await fetch(api.url + path, { method, body: JSON.stringify(body) })
  return (await response.json()) as Body
}

interface Body {
  readonly key: string
  readonly version: number
  readonly versions: Readonly<Record<string, number>>
  readonly id: number
  readonly data: { readonly lead: { readonly status: string }; readonly leads: readonly { readonly id: number }[] }
}

const reads: readonly (readonly [path: string, key: string])[] = [
  ['/api/leads/17', 'lead:17'],
  ['/api/leads?region=texas&status=NEW', `leads:list:${btoa('region=texas&status=NEW&page=1')}`],
  ['/api/leads/search?region=texas&q=slate', `leads:search:${btoa('region=texas&q=slate')}`],
  ['/api/users/3', 'user:3'],
  ['/api/users', 'users:list:1'],
  ['/api/pricing/texas', 'pricing:texas'],
  ['/api/analytics/overview/texas', 'analytics:overview:texas'],
  ['/api/analytics/funnel/texas', 'analytics:funnel:texas'],
  ['/api/analytics/sources/texas', 'analytics:sources:texas'],
  ['/api/analytics/reps/texas', 'analytics:reps:texas'],
]

// How many queries each of the reads takes.
const queriesOf = [3, 3, 2, 2, 1, 2, 2, 2, 2, 2]

describe.each([
  ['off', ['bypass', 'bypass']],
  ['memory', ['miss', 'hit memory']],
  ['redis', ['miss', 'hit redis']],
  ['tiered', ['miss', 'hit memory']],
] as const)('the API with CACHE=%s', (mode, outcomes) => {
  it('says on each answer how it came about, and under which key and version', async () => {
    await redis.command('FLUSHALL')
    await using api = await start(mode)

    for (const [path, key] of reads) {
      const first = await get(api, path)

      expect(first.cache).toBe(outcomes[0])
      expect(first).toMatchObject({
        status: 200,
        body: { key, version: expect.any(Number), readAt: expect.any(Number) },
      })
      // What was loaded is stored behind the answer: until then others share the load, and say so.
      await expect.poll(async () => (await get(api, path)).cache).toBe(outcomes[1])
      expect(await get(api, path)).toMatchObject({ status: 200, body: { ...first.body, readAt: expect.any(Number) } })
    }
  })

  it('answers with what was written, from the moment the write is acknowledged', async () => {
    await using api = await start(mode)
    const before = await get(api, '/api/leads/23')
    const status = before.body.data.lead.status === 'WON' ? 'LOST' : 'WON'

    const { versions } = await send(api, 'PATCH', '/api/leads/23', { status })

    const after = await get(api, '/api/leads/23')
    expect(after.body.data.lead.status).toBe(status)
    expect(after.body.version).toBe(versions['lead:23'])
    expect(after.body.version).toBe(before.body.version + 1)
  })

  it('shows a new lead in its list', async () => {
    await using api = await start(mode)
    const list = '/api/leads?region=utah&status=NEW'
    const before = await get(api, list)

    const { id, versions } = await send(api, 'POST', '/api/leads', { name: 'Noa', region: 'utah', source: 'web' })

    const after = await get(api, list)
    expect(after.body.data.leads[0]!.id).toBe(id)
    expect(before.body.data.leads.map((lead) => lead.id)).not.toContain(id)
    expect(after.body.version).toBe(versions['leads:utah:NEW'])
  })

  it('counts what it answers, and what the database runs for it', async () => {
    await using api = await start(mode)
    await api.invalidateTags(['leads', 'users', 'pricing', 'analytics'])

    // On a busy machine Redis may be late and a value loaded once more: what is counted must be what was answered, not more hits.
    const seen: Record<string, number> = {}
    let queries = 0
    for (const [index, [path]] of [...reads, ...reads].entries()) {
      const outcome = (await get(api, path)).cache!.split(' ')[0]!
      seen[outcome] = (seen[outcome] ?? 0) + 1
      if (outcome === 'miss' || outcome === 'bypass') queries += queriesOf[index % reads.length]!
    }

    const { tally, database, loads } = await api.read()
    const counted = Object.entries(tally.outcomes).filter(([, count]) => count > 0)
    expect(Object.fromEntries(counted)).toEqual(seen)
    expect(loads).toBe((seen['miss'] ?? 0) + (seen['bypass'] ?? 0))
    expect(database.calls).toBe(loads)
    expect(database.reads).toBe(queries)
    expect(database.writes).toBe(0)
  })
})

describe('the API', () => {
  it('loads once for fifty who ask at the same time', async () => {
    await using api = await start('tiered')
    await api.invalidateTags(['pricing'])
    await api.fault({ delayMs: 100 })

    const answers = await Promise.all(Array.from({ length: 50 }, () => get(api, '/api/pricing/nevada')))

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200))
    expect(await api.loadsOf('pricing:nevada')).toBe(1)
  })

  it('fails a request whose load fails, and keeps nothing of it', async () => {
    await using api = await start('memory')
    await api.fault({ isFailing: true })

    const failed = await get(api, '/api/leads/5')
    await api.fault({ isFailing: false })
    const answered = await get(api, '/api/leads/5')

    expect(failed.status).toBe(500)
    expect(answered).toMatchObject({ status: 200, cache: 'miss' })
    expect((await api.read()).tally.failures).toBe(1)
  })

  it.each(['/api/leads?region=atlantis&status=NEW', '/api/leads/search?region=texas', '/api/analytics/none/texas'])(
    'refuses %s, and runs no statement for it',
    async (path) => {
      await using api = await start('memory')

      expect(await get(api, path)).toMatchObject({ status: 400 })
      expect((await api.read()).database.reads).toBe(0)
    },
  )

  it('is honest about rows that are not there', async () => {
    await using api = await start('memory')

    expect(await get(api, '/api/leads/999999')).toMatchObject({ status: 404, body: { data: null } })
    expect(await send(api, 'PATCH', '/api/leads/999999', { status: 'WON' })).toEqual({ error: 'There is no such row.' })
  })

  it('serves from four processes on one port, if asked', { timeout: 60_000 }, async () => {
    await using api = await startApi({
      mode: 'tiered',
      databasePath: copy.path,
      redisUrl: redis.url,
      env: { PROCESSES: '4' },
    })

    const pids = new Set<number>()
    for (let asked = 0; asked < 40 && pids.size < 4; asked++) {
      const response = await fetch(`${api.url}/__stats`, { headers: { connection: 'close' } })
      pids.add(((await response.json()) as { pid: number }).pid)
    }

    expect(pids.size).toBe(4)
    expect(pids).not.toContain(api.pid)
  })

  it('tells in its status how the cache is', async () => {
    await using api = await start('tiered')
    await get(api, '/api/leads/7')

    const response = await fetch(`${api.url}/api/cache-status`)

    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ status: 'healthy', redis: true, stats: { misses: 1 } })
  })

  it('ends with its parent, and leaves no file behind', async () => {
    const own = await workingCopy({ seed: 2, rows: 10 })
    const rows = (path: string): unknown =>
      new DatabaseSync(path, { readOnly: true }).prepare('SELECT count(*) AS rows FROM leads').get()

    expect(rows(own.path)).toEqual({ rows: 10 })
    await own[Symbol.asyncDispose]()

    expect(() => rows(own.path)).toThrow(/unable to open/)
  })
})
