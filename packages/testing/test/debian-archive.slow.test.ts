import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { provideRedisServer } from '../src/redis/index.ts'
import { inspectBinary } from '../src/redis/inspect-binary.ts'

const hasApt = spawnSync('apt-get', ['--version']).status === 0

it.skipIf(!hasApt)(
  'a server comes from the archive where none is found, also where its package is installed',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-archive-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const env = { ...process.env, PATH: await withoutServers(folder), HOLDFAST_TEST_REDIS_BIN: '' }

    const path = await provideRedisServer({ env, folders: [], cacheFolder: join(folder, 'cache'), report: () => {} })

    expect(path).toBe(join(folder, 'cache/redis-server'))
    expect(await inspectBinary(path)).toMatchObject({ type: 'server' })
  },
  180_000,
)

/** A folder with all programs of this machine but servers, to be the PATH. */
async function withoutServers(folder: string): Promise<string> {
  const bin = join(folder, 'bin')
  await mkdir(bin)
  for (const from of ['/usr/sbin', '/usr/bin'])
    for (const name of await readdir(from))
      if (!/^(redis|valkey)/.test(name)) await symlink(join(from, name), join(bin, name)).catch(() => undefined)
  return bin
}
