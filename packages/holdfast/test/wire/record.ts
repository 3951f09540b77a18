// node --conditions=@holdfast/source test/wire/record.ts test/wire/format-2.json
// Records what this version writes. To be run once for each released format, never over a file that is there.
import { startRedis } from '@holdfast/testing/redis'
import { writeFileSync } from 'node:fs'
import { cachesOf } from './caches.ts'
import { jsonValues, values } from './values.ts'

const [file = ''] = process.argv.slice(2)
await using redis = await startRedis()
const caches = cachesOf(redis.url)
for (const [name, cache] of Object.entries(caches)) {
  const options = { ttl: '36500d', tags: ['team:7', 'größe'] } as const
  const namespace = cache.namespace('shop')
  for (const [key, value] of Object.entries(name === 'json' ? jsonValues : values)) {
    await cache.set(key, value, options)
    await namespace.set(key, value, { ttl: '36500d' })
  }
}
const names = (await redis.command('KEYS', 'wire-*')) as readonly string[]
const recorded: Record<string, string> = {}
for (const name of names.toSorted()) {
  if ((await redis.command('TYPE', name)) !== 'string') continue
  const bytes = (await redis.commandBytes('GET', name)) as Buffer
  recorded[name] = bytes.toString('base64')
}
for (const cache of Object.values(caches)) await cache.close()
writeFileSync(file, `${JSON.stringify(recorded, undefined, 1)}\n`, { flag: 'wx' })
