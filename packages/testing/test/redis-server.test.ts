import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { freePort, RedisReplyError, startRedis } from '../src/redis/index.ts'
import { isAlive } from './is-alive.ts'

describe('startRedis', () => {
  it('runs commands, text and bytes', async () => {
    await using redis = await startRedis()

    await redis.command('SET', 'key', Buffer.from([0xc1, 0xff]))

    expect(await redis.commandBytes('GET', 'key')).toEqual(Buffer.from([0xc1, 0xff]))
    expect(await redis.command('MGET', 'key', 'absent')).toEqual([expect.any(String), null])
    await expect(redis.command('INCR', 'key')).rejects.toThrow(RedisReplyError)
  })

  it('starts with the given configuration, and keeps all rights for the test', async () => {
    await using redis = await startRedis({
      password: 'a b',
      config: { maxmemory: '50mb', user: ['reader on >pw ~* +@read'] },
    })

    expect(redis.url).toContain(':a%20b@')
    expect(await redis.command('CONFIG', 'GET', 'maxmemory')).toEqual(['maxmemory', String(50 * 1024 * 1024)])
    expect(String(await redis.command('ACL', 'LIST'))).toContain('user reader on')
  })

  it('says what is wrong with a configuration', async () => {
    await expect(startRedis({ config: { 'no-such-directive': 1 } })).rejects.toThrow(/no-such-directive/)
  })

  it('restarts on its port with all data, with older data, or with none', async () => {
    await using redis = await startRedis()
    const { port } = redis
    await redis.command('SET', 'key', 'old')
    await redis.save()
    await redis.command('SET', 'key', 'new')

    await redis.restart({ data: 'kept' })
    const kept = await redis.command('GET', 'key')
    await redis.command('SET', 'key', 'newer')
    await redis.restart({ data: 'older' })
    const older = await redis.command('GET', 'key')
    await redis.kill()
    await redis.restart({ data: 'kept' })
    const afterKill = await redis.command('GET', 'key')
    await redis.restart({ data: 'empty' })
    const empty = await redis.command('GET', 'key')

    expect([kept, older, afterKill, empty]).toEqual(['new', 'new', 'new', null])
    expect(redis.port).toBe(port)
  })

  it('refuses to restart with data that was never saved', async () => {
    await using redis = await startRedis()

    await redis.kill()

    await expect(redis.restart({ data: 'kept' })).rejects.toThrow(/call save\(\)/)
  })

  it('answers nothing while frozen, and all of it once thawed', async () => {
    await using frozen = await startRedis()
    await using other = await startRedis()
    await frozen.freeze()

    const answer = frozen.command('PING')
    const first = await Promise.race([answer.then(() => 'frozen'), other.command('PING').then(() => 'other')])
    frozen.thaw()

    expect(first).toBe('other')
    expect(await answer).toBe('PONG')
  })

  it('counts the commands that it was sent', async () => {
    await using redis = await startRedis()
    await redis.command('CONFIG', 'RESETSTAT')

    await redis.command('MGET', 'a', 'b')
    await redis.command('CLIENT', 'ID')

    const counts = await redis.commandCounts()
    expect(counts.get('mget')).toBe(1)
    expect(counts.get('client|id')).toBe(1)
  })

  it('leaves neither a process nor a file when it is stopped', async () => {
    const redis = await startRedis()
    const folder = ((await redis.command('CONFIG', 'GET', 'dir')) as string[])[1]!
    const pid = await processId(redis)

    await redis.stop()
    await redis.stop()

    expect(existsSync(folder)).toBe(false)
    expect(isAlive(pid)).toBe(false)
    await expect(redis.restart({ data: 'empty' })).rejects.toThrow(/was stopped/)
  })

  it.each(['running', 'frozen'])(
    'leaves nothing when the process that started it is killed while it is %s',
    async (state) => {
      const child = spawn(
        process.execPath,
        ['--conditions=@holdfast/source', fileURLToPath(new URL('orphan.ts', import.meta.url)), state],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      )
      const [line] = (await once(child.stdout, 'data')) as [Buffer]
      const { pid, folder } = JSON.parse(line.toString()) as { pid: number; folder: string }
      expect(isAlive(pid)).toBe(true)

      child.kill('SIGKILL')

      await vi.waitFor(() => {
        expect(isAlive(pid)).toBe(false)
        expect(existsSync(folder)).toBe(false)
      }, 5_000)
    },
  )
})

describe('freePort', () => {
  it('gives a port that can be listened on', async () => {
    const server = createServer().listen(await freePort(), '127.0.0.1')

    await once(server, 'listening')

    expect(server.listening).toBe(true)
    server.close()
  })
})

async function processId(redis: Awaited<ReturnType<typeof startRedis>>): Promise<number> {
  return Number(/process_id:(\d+)/.exec(String(await redis.command('INFO', 'server')))![1])
}
