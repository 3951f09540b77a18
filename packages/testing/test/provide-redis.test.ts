import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fillCache } from '../src/redis/binary-cache.ts'
import { provideRedisServer } from '../src/redis/index.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-provide-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** An executable that says what a server of that name and version says of itself. */
async function pretend(path: string, says: string): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(path, `#!/bin/sh\necho "${says}"\n`)
  await chmod(path, 0o755)
  return path
}

function provide(env: NodeJS.ProcessEnv, folders: readonly string[] = []): Promise<string> {
  return provideRedisServer({ env, folders, cacheFolder: join(folder, 'cache'), report: () => {} })
}

describe('provideRedisServer', () => {
  it('takes the one that HOLDFAST_TEST_REDIS_BIN names before any other', async () => {
    const named = await pretend(join(folder, 'mine'), 'Redis server v=6.2.7 sha=0')
    await pretend(join(folder, 'bin/redis-server'), 'Redis server v=7.4.1 sha=0')

    expect(await provide({ HOLDFAST_TEST_REDIS_BIN: named, PATH: join(folder, 'bin') })).toBe(named)
  })

  it('does not look further when the named one does not run', async () => {
    await pretend(join(folder, 'bin/redis-server'), 'Redis server v=7.4.1 sha=0')
    const env = { HOLDFAST_TEST_REDIS_BIN: join(folder, 'nowhere'), PATH: join(folder, 'bin') }

    await expect(provide(env)).rejects.toThrow(/HOLDFAST_TEST_REDIS_BIN is .*nowhere.*no such executable/)
  })

  it('looks on PATH, then in well-known folders', async () => {
    const onPath = await pretend(join(folder, 'bin/redis-server'), 'Redis server v=7.4.1 sha=0')
    const known = await pretend(join(folder, 'known/redis-server'), 'Redis server v=7.4.1 sha=0')

    expect(await provide({ PATH: join(folder, 'bin') }, [join(folder, 'known')])).toBe(onPath)
    expect(await provide({ PATH: '' }, [join(folder, 'known')])).toBe(known)
  })

  it('passes over a server that is too old, and takes valkey', async () => {
    await pretend(join(folder, 'bin/redis-server'), 'Redis server v=6.0.16 sha=0')
    const valkey = await pretend(join(folder, 'bin/valkey-server'), 'Valkey server v=8.1.0 sha=0')

    expect(await provide({ PATH: join(folder, 'bin') })).toBe(valkey)
  })

  it('takes what an earlier call kept', async () => {
    const kept = await pretend(join(folder, 'cache/redis-server'), 'Redis server v=7.0.15 sha=0')

    expect(await provide({ PATH: '' })).toBe(kept)
  })

  it('says what was tried and what to install when there is none', async () => {
    await pretend(join(folder, 'bin/redis-server'), 'Redis server v=6.0.16 sha=0')

    const error = await provide({ PATH: join(folder, 'bin') }).catch((reason: unknown) => reason as Error)

    expect((error as Error).message.split('\n')).toEqual([
      'Holdfast: no redis-server (or valkey-server) found, so the tests against a real Redis cannot run.',
      `  tried: ${join(folder, 'bin/redis-server')}: redis 6.0.16, but 7.0 or newer is needed`,
      '  tried: the Debian/Ubuntu archive: there is no apt-get here',
      'Do one of:',
      '  Debian/Ubuntu   apt-get install -y redis-server',
      '  macOS           brew install redis',
      '  Windows         run inside WSL2',
      '  anywhere        HOLDFAST_TEST_REDIS_BIN=/path/to/redis-server',
    ])
  })

  it('looks again after a failure', async () => {
    await expect(provide({ PATH: '' })).rejects.toThrow(/no redis-server/)
    const kept = await pretend(join(folder, 'cache/redis-server'), 'Redis server v=7.0.15 sha=0')

    expect(await provide({ PATH: '' })).toBe(kept)
  })
})

describe('fillCache', () => {
  it('leaves one whole server when many fill it at once, over a broken one', async () => {
    const cache = join(folder, 'cache')
    await pretend(join(cache, 'redis-server'), 'exec format error')

    const paths = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        fillCache(cache, async (made) => {
          await pretend(join(made, 'redis-server'), 'Redis server v=7.0.15 sha=0')
          await writeFile(join(made, 'maker'), String(index))
        }),
      ),
    )

    expect(new Set(paths)).toEqual(new Set([join(cache, 'redis-server')]))
    expect(await readFile(join(cache, 'maker'), 'utf8')).toMatch(/^\d$/)
    expect(await readdir(folder)).toEqual(['cache'])
  })

  it('keeps nothing that does not run, or is too old', async () => {
    const cache = join(folder, 'cache')
    const old = fillCache(cache, async (made) => {
      await pretend(join(made, 'redis-server'), 'Redis server v=6.0.16 sha=0')
    })

    await expect(old).rejects.toThrow(/6\.0\.16, but 7\.0 or newer/)
    await expect(fillCache(cache, async () => {})).rejects.toThrow(/no redis-server in it/)
    expect(existsSync(cache)).toBe(false)
    expect(await readdir(folder)).toEqual([])
  })
})
