import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startRedis, type RedisServer } from '@holdfast/testing/redis'
import { createKit, nodeHandler } from 'holdfast'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { runProcess } from './run-process.ts'

vi.setConfig({ testTimeout: 60_000 })

let redis: RedisServer
let url: string
const ends: (() => unknown)[] = []

beforeAll(async () => {
  redis = await startRedis()
  const kit = createKit({ env: { REDIS_URL: redis.url, CACHE_ADMIN_TOKEN: 'let me in' }, log: () => undefined })
  const server = createServer(
    nodeHandler(async (request) =>
      request.method === 'POST' ? kit.cacheStatus.POST(request) : kit.cacheStatus.GET(request),
    ),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/cache-status`
  ends.push(
    () => server.close(),
    kit.close,
    () => redis.stop(),
  )
  await vi.waitFor(async () => expect((await kit.CacheMonitor.healthCheck()).status).toBe('healthy'), {
    timeout: 10_000,
  })
  await kit.Cache.set('key', 'value')
})

afterAll(async () => {
  for (const end of ends) await end()
})

/** With where Redis and the application are. */
function placed(line: string): readonly string[] {
  return line.split(' ').map((word) => (word === 'REDIS' ? redis.url : word === 'APP' ? url : word))
}

describe('a process of the command', () => {
  it.each([
    ['keys --redis REDIS', 0, 'key\n'],
    ['get key --redis REDIS', 0, "'value'"],
    ['doctor --redis REDIS', 0, 'connection'],
    ['stats --url APP', 0, 'healthy'],
    ['top --url APP --count 1 --interval 50ms', 0, 'healthy'],
    ['invalidate --key key --redis REDIS', 0, 'Invalidated'],
    ['keys --limit 0', 2, ''],
    ['warm --url APP --token wrong', 3, ''],
  ])('ends by itself: %s', async (line, code, out) => {
    expect(await runProcess(placed(line))).toMatchObject({ code, out: expect.stringContaining(out) })
  })

  it('says once, in one line, that Redis cannot be reached', async () => {
    const { code, err } = await runProcess(placed('keys --redis redis://127.0.0.1:1'))

    expect({ code, err }).toEqual({
      code: 3,
      err: 'holdfast: Redis at 127.0.0.1:1 does not answer: connect ECONNREFUSED 127.0.0.1:1\n',
    })
  })

  it.each([
    ['top --url APP --interval 50ms', /healthy[^]*healthy/],
    ['dashboard --redis REDIS --json', /"url"/],
  ])('ends at Ctrl-C, with 0: %s', async (line, enough) => {
    const { code, err } = await runProcess(placed(line), (out) => enough.test(out))

    expect({ code, err }).toEqual({ code: 0, err: '' })
  })
})
