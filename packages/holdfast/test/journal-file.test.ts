import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withBreaker } from '@holdfast/breaker'
import type { Cache } from '@holdfast/core'
import { redisStore } from '@holdfast/redis'
import { startFaultProxy } from '@holdfast/testing/proxy'
import { startRedis } from '@holdfast/testing/redis'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createCache } from '../src/create-cache.ts'

it.each([true, false])(
  'what an application could not invalidate before it ended is invalidated by the next one: with a file, %s',
  async (hasFile) => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-journal-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    await using redis = await startRedis()
    await using proxy = await startFaultProxy(redis)
    const open = (file: string | undefined, url = redis.url): Cache<string> =>
      createCache<string>({ remote: withBreaker(redisStore(url, { prefix: 'journal:' })), journal: { file } })
    const isReady = (cache: Cache<string>) =>
      vi.waitFor(() => expect(cache.describe().remote?.state).toBe('ready'), 5_000)
    const file = hasFile ? join(folder, 'journal') : undefined
    await using other = open(undefined)
    const dying = open(file, proxy.url())
    await isReady(dying)
    await other.set('key', 'old')
    await other.set('kept', 'kept')

    // What is sent is lost: a frozen server would read it when it goes on.
    proxy.lose()
    expect(await dying.delete('key')).toEqual({ reached: 'memory', queued: true })
    await dying.close()
    await using next = open(file)
    const repaired: unknown[] = []
    next.on('repaired', (detail) => repaired.push(detail))
    await isReady(next)

    expect(await next.get('key')).toBe(hasFile ? undefined : 'old')
    expect(repaired).toEqual(hasFile ? [{ keys: 1, tags: 0, all: false }] : [])
    expect(next.stats().shared.journalEntries).toBe(0)
    await vi.waitFor(async () => expect(await other.get('key')).toBe(hasFile ? undefined : 'old'), 5_000)
    expect(await other.get('kept')).toBe('kept')
  },
)
