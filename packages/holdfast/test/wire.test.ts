import { startRedis } from '@holdfast/testing/redis'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cachesOf } from './wire/caches.ts'
import { jsonValues, values } from './wire/values.ts'

const folder = join(import.meta.dirname, 'wire')
const formats = readdirSync(folder).filter((file) => file.endsWith('.json'))

describe('bytes that an earlier version wrote', () => {
  it.each(formats)('are read as they were meant: %s', async (file) => {
    await using redis = await startRedis()
    const recorded = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, string>
    for (const [key, bytes] of Object.entries(recorded)) await redis.command('SET', key, Buffer.from(bytes, 'base64'))
    const caches = cachesOf(redis.url)

    try {
      for (const [name, cache] of Object.entries(caches)) {
        const expected = new Map(Object.entries(name === 'json' ? jsonValues : values))
        const keys = [...expected.keys()]
        expect(await cache.getMany(keys)).toEqual(expected)
        expect(await cache.namespace('shop').getMany(keys)).toEqual(expected)
        expect((await cache.lookup('text'))?.tags).toEqual(['team:7', 'größe'])
      }
      await caches.msgpack.invalidateTags('größe')
      expect(await caches.msgpack.get('text')).toBeUndefined()
      expect(await caches.msgpack.namespace('shop').get('text')).toBe(values['text'])
    } finally {
      for (const cache of Object.values(caches)) await cache.close()
    }
  })
})
