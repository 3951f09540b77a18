// Runs every example of docs/examples: each is a program that must end by itself with code 0. Those that talk to Redis get a real server.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '../docs/examples')
const only = process.argv.slice(2)
const { startRedis } = await import('@holdfast/testing/redis')
const redis = await startRedis()
let failed = 0
for (const name of readdirSync(folder).filter(
  (file) => file.endsWith('.ts') && (only.length === 0 || only.some((word) => file.includes(word))),
)) {
  const result = spawnSync(process.execPath, ['--conditions=@holdfast/source', join(folder, name)], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, REDIS_URL: redis.url },
  })
  const ok = result.status === 0
  if (!ok) failed++
  console.log(`${ok ? 'ok' : 'FAILED'}  ${name}`)
  if (!ok) console.error(result.stdout, result.stderr, result.error ?? '')
}
await redis.stop()
process.exit(failed === 0 ? 0 : 1)
