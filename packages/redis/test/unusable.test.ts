import { createCache, InvalidOptionError, type Cache } from '@holdfast/core'
import { startRedis } from '@holdfast/testing/redis'
import { mapStore } from '@holdfast/testing/simulation'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { redisStore } from '../src/redis-store.ts'

function open(url: string): Cache {
  const cache = createCache({ name: 'shop', memory: mapStore(), remote: redisStore(url), ttl: '1h' })
  onTestFinished(() => cache.close())
  return cache
}

function heardWarnings(): readonly string[] {
  const warnings: string[] = []
  const hear = ({ message }: Error): void => void warnings.push(message)
  process.on('warning', hear)
  onTestFinished(() => void process.off('warning', hear))
  return warnings
}

/** A server whose password nobody has. */
async function lockedServer(login = ':wrong@'): Promise<string> {
  const redis = await startRedis()
  onTestFinished(() => redis.stop())
  await redis.command('CONFIG', 'SET', 'requirepass', 'open sesame')
  return redis.url.replace('redis://', `redis://${login}`)
}

describe('a Redis that has never been of use', () => {
  it.each([
    [':wrong@', 'WRONGPASS'],
    ['', 'NOAUTH'],
  ])('is a warning of the process, with its reason, where nobody listens: login %o', async (login, reason) => {
    const warnings = heardWarnings()
    const cache = open(await lockedServer(login))

    expect(await cache.getOrSet('key', () => 'value')).toBe('value')

    await vi.waitFor(() =>
      expect(warnings).toContainEqual(
        expect.stringMatching(
          new RegExp(
            `^The cache "shop" cannot use its remote store and goes on without it: (?!.*${reason}.*${reason}).*${reason}[^.]+\\. Who listens`,
          ),
        ),
      ),
    )
  })

  it('is told with its reason where somebody does', async () => {
    const warnings = heardWarnings()
    const reasons: string[] = []
    const cache = open(await lockedServer())
    cache.on('remoteState', ({ cause }) => reasons.push(String((cause as Error | undefined)?.cause)))

    await vi.waitFor(() => expect(reasons).toContainEqual(expect.stringContaining('WRONGPASS')))
    expect(warnings).toEqual([])
  })
})

describe('a login that cannot be read', () => {
  it.each(['redis://:100%@localhost', 'redis://us%er:secret@localhost'])('is refused, and not shown: %s', (url) => {
    expect(() => redisStore(url)).toThrow(InvalidOptionError)
    expect(() => redisStore(url)).toThrow(/got one in whose login a % is not written as %25\.$/)
  })
})

describe('a database that is no number', () => {
  it.each(['redis://localhost/x', 'redis://localhost/1.5', 'redis://localhost/0/cache', 'redis://localhost?db=x'])(
    'is refused: %s',
    (url) => {
      expect(() => redisStore(url)).toThrow(/Expected the database of Redis to be a whole number/)
    },
  )

  it('is refused in options of ioredis', () => {
    expect(() => redisStore({ db: -1 })).toThrow('got "-1"')
    expect(() => redisStore({ db: Number.NaN })).toThrow('got "NaN"')
  })

  it.each([
    'redis://localhost',
    'redis://localhost/',
    'redis://localhost/3',
    'redis://localhost?db=3',
    '/run/redis.sock',
  ])('is none where it is a number, or absent: %s', (url) => {
    expect(() => redisStore(url)).not.toThrow()
  })
})
