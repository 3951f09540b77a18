import { setTimeout as sleep } from 'node:timers/promises'
import { allKeys, hugeKey, readKeys, writtenKeys } from '../keys.ts'
import type { FaultRow } from '../row.ts'
import { proven, type FaultStage } from '../stage.ts'

const mb = 1024 * 1024

/** Faults of what stands in Redis. */
export const dataRows: readonly FaultRow[] = [
  {
    name: 'foreign value under our key',
    how: 'JSON, a hash, an empty string and our own first byte, again and again for 3 s',
    play: (stage) =>
      spoiling(stage, async (key, at) => {
        const { redis } = stage
        await redis.command('DEL', key)
        if (at % 4 === 0) await redis.command('SET', key, '{"not":"ours"}')
        else if (at % 4 === 1) await redis.command('HSET', key, 'not', 'ours')
        else if (at % 4 === 2) await redis.command('SET', key, '')
        else await redis.command('SET', key, Buffer.from([0xc1]))
        return true
      }),
  },
  {
    name: 'truncated bytes',
    how: 'the second half of entries is cut off, again and again for 3 s',
    play: (stage) =>
      spoiling(stage, async (key) => {
        const { redis } = stage
        const type = await redis.command('TYPE', key)
        if (type !== 'string') return false
        const length = Number(await redis.command('STRLEN', key))
        const half = await redis.commandBytes('GETRANGE', key, 0, Math.max(0, Math.floor(length / 2) - 1))
        await redis.command('SET', key, half as Buffer, 'KEEPTTL')
        return length > 1
      }),
  },
  {
    name: 'a value of 64 MB',
    how: 'under three keys of ours, for 3 s',
    grownBytes: 512 * mb,
    async play(stage) {
      const { redis } = stage
      let made = 0
      const loop = (async () => {
        for (const name of [writtenKeys[0]!, writtenKeys[1]!, readKeys[0]!]) {
          await redis.command('DEL', stage.key(name))
          made += Number(await redis.command('SETRANGE', stage.key(name), 64 * mb - 1, 'x')) === 64 * mb ? 1 : 0
          await sleep(700)
        }
      })()
      await Promise.all([loop, stage.during(3_000)])
      return proven(made === 3, `${made} values of 64 MB stood there`)
    },
  },
  {
    name: 'a value over the size limit',
    how: 'a loader returns 20 MB, three times',
    grownBytes: 384 * mb,
    async play(stage) {
      const loop = (async () => {
        for (let n = 0; n < 3; n += 1) {
          await stage.subject.call('readHuge', 20 * mb)
          await sleep(300)
        }
      })()
      await Promise.all([loop, stage.during(2_000)])
      const stored = Number(await stage.redis.command('STRLEN', stage.key(hugeKey)))
      if (stored > 16 * mb) stage.complain(`Redis holds a value of ${stored} bytes`)
      return 'three values of 20 MB were loaded'
    },
  },
  {
    name: 'foreign type on each bookkeeping key',
    how: 'a list under every key that is no entry, again and again for 3 s',
    async play(stage) {
      const { redis } = stage
      const ours = new Set([...allKeys, hugeKey].map((name) => stage.key(name)))
      let spoilt = 0
      const loop = (async () => {
        for (let n = 0; n < 6; n += 1) {
          for (const key of (await redis.command('KEYS', '*')) as string[]) {
            if (ours.has(key)) continue
            await redis.command('DEL', key)
            await redis.command('RPUSH', key, 'not', 'ours')
            spoilt += 1
          }
          await sleep(450)
        }
      })()
      await Promise.all([loop, stage.during(3_000)])
      return proven(spoilt > 0, `${spoilt} times a list stood where bookkeeping should`)
    },
  },
]

async function spoiling(stage: FaultStage, spoil: (key: string, at: number) => Promise<boolean>): Promise<string> {
  let spoilt = 0
  const loop = (async () => {
    for (let n = 0; n < 6; n += 1) {
      for (const [at, name] of allKeys.entries()) spoilt += (await spoil(stage.key(name), at + n)) ? 1 : 0
      await sleep(400)
    }
  })()
  await Promise.all([loop, stage.during(3_000)])
  return proven(spoilt > 0, `${spoilt} values were spoilt`)
}
