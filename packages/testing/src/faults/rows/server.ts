import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../redis/free-port.ts'
import { subscribers } from '../../proxy/fault.ts'
import type { FaultRow } from '../row.ts'
import { proven, type FaultStage } from '../stage.ts'

/** Faults of the server itself. */
export const serverRows: readonly FaultRow[] = [
  {
    name: 'killed and restarted empty',
    how: 'down for 2 s',
    async play(stage) {
      const before = await runId(stage)
      await stage.redis.kill()
      await stage.during(2_000)
      await stage.redis.restart({ data: 'empty' })
      return proven(before !== (await runId(stage)), 'it is another process with nothing in it')
    },
  },
  {
    name: 'killed and restarted from its file',
    how: 'down for 2 s, and back with what it held 1 s before its end',
    async play(stage) {
      const before = await runId(stage)
      await stage.redis.save()
      await sleep(1_000)
      await stage.redis.kill()
      await stage.during(2_000)
      await stage.redis.restart({ data: 'older' })
      const keys = Number(await stage.redis.command('DBSIZE'))
      return proven(before !== (await runId(stage)) && keys > 0, `it is another process with ${keys} older keys`)
    },
  },
  {
    name: 'frozen',
    how: 'SIGSTOP for 5 s',
    async play(stage) {
      await stage.redis.freeze()
      await stage.during(5_000)
      const seen = await stage.probe('PING')
      stage.redis.thaw()
      return proven(seen.outcome === 'silence', `a probe met ${seen.outcome}`)
    },
  },
  {
    name: 'stuttering',
    how: 'SIGSTOP for 150 ms, ten times in 3 s',
    async play(stage) {
      let longest = 0
      const loop = (async () => {
        for (let n = 0; n < 10; n += 1) {
          await stage.redis.freeze()
          const probe = stage.probe('PING')
          await sleep(150)
          stage.redis.thaw()
          longest = Math.max(longest, (await probe).tookMs)
          await sleep(120)
        }
      })()
      await Promise.all([loop, stage.during(3_000)])
      return proven(longest >= 140, `probes took up to ${Math.round(longest)} ms`)
    },
  },
  refusing('OOM', 'full (maxmemory, noeviction)', 'maxmemory below what is used, for 3 s', async (stage) => {
    const used = await stage.info('used_memory')
    await stage.redis.command('CONFIG', 'SET', 'maxmemory', used - 100_000, 'maxmemory-policy', 'noeviction')
    return async () => void (await stage.redis.command('CONFIG', 'SET', 'maxmemory', 0))
  }),
  {
    name: 'eviction storm',
    how: 'allkeys-random below what is used, under keys of others, for 3 s',
    async play(stage) {
      const { redis } = stage
      await redis.command('DEBUG', 'POPULATE', 2_000, 'junk', 1_000)
      const used = await stage.info('used_memory')
      await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-random', 'maxmemory', used - 300_000)
      await Promise.all([
        stage.during(3_000),
        (async () => {
          for (let n = 0; n < 25; n += 1) {
            for (let k = 0; k < 80; k += 1)
              await redis.command('SET', `more:${n}:${k}`, 'x'.repeat(1_000)).catch(() => undefined)
            await sleep(100)
          }
        })(),
      ])
      await redis.command('CONFIG', 'SET', 'maxmemory', 0, 'maxmemory-policy', 'noeviction')
      const evicted = await stage.info('evicted_keys')
      return proven(evicted > 500, `${evicted} keys were evicted`)
    },
  },
  refusing('READONLY', 'READONLY', 'a replica of nobody, for 3 s', (stage) => asReplica(stage)),
  refusing(
    'MASTERDOWN',
    'MASTERDOWN',
    'a replica of nobody that serves nothing stale, for 3 s',
    (stage) => asReplica(stage),
    { 'replica-serve-stale-data': 'no' },
    ['GET', 'probe'],
  ),
  {
    name: 'LOADING',
    how: 'DEBUG RELOAD of keys that take their time, about 3 s',
    config: { rdbcompression: 'no' },
    async play(stage) {
      const { redis } = stage
      await redis.command('DEBUG', 'POPULATE', 1_000, 'junk', 1_100)
      await redis.command('CONFIG', 'SET', 'key-load-delay', 2_500, 'loading-process-events-interval-bytes', 1_024)
      const reloading = await redis.connect()
      const reload = reloading.send(['DEBUG', 'RELOAD'])
      await stage.during(1_500)
      const seen = await stage.probe('GET', 'probe')
      await reload
      reloading.close()
      await redis.command('CONFIG', 'SET', 'key-load-delay', 0)
      return proven(seen.text === 'LOADING', `a probe met ${seen.text}`)
    },
  },
  refusing('MISCONF', 'MISCONF (disk)', 'its file cannot be written, for 3 s', async (stage) => {
    const { redis } = stage
    const [, folder] = (await redis.command('CONFIG', 'GET', 'dir')) as [string, string]
    // A folder stands where the file should go: not even root can put it there.
    const inTheWay = join(folder, 'dump.rdb', 'in-the-way')
    await rm(join(folder, 'dump.rdb'), { force: true })
    await mkdir(inTheWay, { recursive: true })
    await redis.command('CONFIG', 'SET', 'save', '3600 1000000')
    await redis.command('BGSAVE')
    for (let n = 0; n < 100; n += 1) {
      if (/rdb_last_bgsave_status:err/.test(String(await redis.command('INFO', 'persistence')))) break
      await sleep(20)
    }
    return async () => {
      await redis.command('CONFIG', 'SET', 'save', '')
      await rm(join(folder, 'dump.rdb'), { recursive: true })
    }
  }),
  refusing(
    'BUSY',
    'BUSY script',
    'a script that does not end, for 3 s',
    async (stage) => {
      const busy = await stage.redis.connect()
      const ended = busy.send(['EVAL', 'while true do end', '0']).catch(() => undefined)
      await sleep(100)
      return async () => {
        await stage.redis.command('SCRIPT', 'KILL')
        await ended
        busy.close()
      }
    },
    { 'busy-reply-threshold': 50 },
    ['GET', 'probe'],
  ),
  {
    name: '`maxclients` reached',
    how: 'connections reset, new ones turned away, for 2.5 s',
    async play(stage) {
      const { redis } = stage
      await redis.command('CONFIG', 'SET', 'maxclients', 1)
      stage.proxy.reset()
      await stage.during(2_500)
      const rejected = await stage.info('rejected_connections')
      await redis.command('CONFIG', 'SET', 'maxclients', 10_000)
      return proven(rejected > 0, `${rejected} connections were turned away`)
    },
  },
  {
    name: 'FLUSHALL',
    how: 'by hand, four times in 2 s',
    async play(stage) {
      for (let n = 0; n < 4; n += 1) {
        await stage.redis.command('FLUSHALL')
        await stage.during(500)
      }
      return '4 flushes were acknowledged'
    },
  },
  {
    name: 'subscription killed',
    how: 'CLIENT KILL TYPE pubsub, ten times in 3 s',
    async play(stage) {
      let killed = 0
      const loop = (async () => {
        for (let n = 0; n < 10; n += 1) {
          killed += Number(await stage.redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub'))
          await sleep(300)
        }
      })()
      await Promise.all([loop, stage.during(3_000)])
      return proven(killed > 0, `${killed} subscriptions were killed`)
    },
  },
  {
    name: 'subscription mute',
    how: 'what the subscriber connection should hear waits for 3 s',
    async play(stage) {
      const heard = stage.proxy.connections().filter(subscribers).length
      await using _ = stage.proxy.blackHole({ direction: 'down', only: subscribers })
      await stage.during(3_000)
      return proven(heard > 0, `${heard} subscriber connections heard nothing`)
    },
  },
]

/** The server refuses commands with an error of that code. */
function refusing(
  code: string,
  name: string,
  how: string,
  strike: (stage: FaultStage) => Promise<() => Promise<void>>,
  config: FaultRow['config'] = {},
  command: readonly string[] = ['SET', 'probe', 'x'],
): FaultRow {
  return {
    name,
    how,
    config,
    async play(stage) {
      const heal = await strike(stage)
      try {
        await stage.during(3_000)
        const seen = await stage.probe(...command)
        return proven(seen.text === code, `a probe met ${seen.text}`)
      } finally {
        await heal()
      }
    },
  }
}

async function asReplica(stage: FaultStage): Promise<() => Promise<void>> {
  await stage.redis.command('REPLICAOF', '127.0.0.1', await freePort())
  return async () => void (await stage.redis.command('REPLICAOF', 'NO', 'ONE'))
}

async function runId(stage: FaultStage): Promise<string | undefined> {
  return /run_id:(\w+)/.exec(String(await stage.redis.command('INFO', 'server')))?.[1]
}
