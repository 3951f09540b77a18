import type { ScriptRedis, SimulatedScript } from '@holdfast/testing/simulation'
import * as scripts from '../../src/scripts.ts'

/** Each script of the store, with the same in JavaScript for a server that has no Lua. */
export const scriptTwins: readonly SimulatedScript[] = [
  {
    source: scripts.hello.source,
    run(redis, [epochKey, runsKey], [runId, fresh, channel, announcement, believe]) {
      const epoch =
        text(redis.call('TYPE', epochKey!)) === 'string' ? (redis.call('GET', epochKey!) as Buffer) : undefined
      const kind = text(redis.call('TYPE', runsKey!))
      const isSet = kind === 'set'
      if (epoch?.length === 8 && isSet && redis.call('SISMEMBER', runsKey!, runId!) === 1) return epoch
      if (kind !== 'none' && (!isSet || (redis.call('SCARD', runsKey!) as number) >= 1000))
        redis.call('UNLINK', runsKey!)
      const isBelieved = epoch?.length === 8 && text(believe) === '1'
      if (!isBelieved) redis.call('SET', epochKey!, fresh!)
      redis.call('SADD', runsKey!, runId!)
      if (isBelieved) return epoch
      redis.pcall('PUBLISH', channel!, announcement!)
      return fresh!
    },
  },
  {
    source: scripts.fill.source,
    run: (redis, keys, args) =>
      keys.map((key, i) => {
        if (!stands(redis, key, args[3 * i]!)) return 0
        redis.call('SET', key, args[3 * i + 1]!, 'PX', args[3 * i + 2]!)
        return 1
      }),
  },
  {
    source: scripts.settle.source,
    run(redis, [key], [token, entry, px]) {
      if (stands(redis, key!, token!)) {
        redis.call('SET', key!, entry!, 'PX', px!)
        return 1
      }
      redis.call('UNLINK', key!)
      return 0
    },
  },
  {
    source: scripts.release.source,
    run(redis, keys, tokens) {
      for (const [i, key] of keys.entries()) if (stands(redis, key, tokens[i]!)) redis.call('UNLINK', key)
      return 1
    },
  },
  {
    source: scripts.setMany.source,
    run(redis, keys, args) {
      for (const [i, key] of keys.entries()) redis.call('SET', key, args[2 * i]!, 'PX', args[2 * i + 1]!)
      return 1
    },
  },
  {
    source: scripts.expire.source,
    run(redis, keys, [now, ...ids]) {
      for (const [i, key] of keys.entries()) {
        const head = redis.pcall('GETRANGE', key, 0, 31)
        if (!Buffer.isBuffer(head) || head.length < 10 || head[0] !== 0xc1) continue
        if (head[9] === 0xff || head[9] === 0xfe) redis.call('UNLINK', key)
        else if (head[9] === 1 && head.length === 32) {
          redis.call('SETRANGE', key, 1, ids[i]!)
          if (head.readUIntBE(26, 6) > now!.readUIntBE(0, 6)) redis.call('SETRANGE', key, 26, now!)
        }
      }
      return 1
    },
  },
  {
    source: scripts.claim.source,
    run(redis, [key], [lease, px]) {
      const head = redis.pcall('GETRANGE', key!, 0, 8)
      if (Buffer.isBuffer(head) && head.length === 9 && head[0] === 0xc1) return redis.call('GET', key!)
      redis.call('SET', key!, lease!, 'PX', px!)
      return null
    },
  },
  {
    source: scripts.removeLarger.source,
    run(redis, keys, [most]) {
      const large = keys.filter((key) => Number(redis.pcall('STRLEN', key)) > Number(text(most)))
      for (const key of large) redis.call('UNLINK', key)
      return large.length
    },
  },
]

function stands(redis: ScriptRedis, key: string, token: Buffer): boolean {
  const there = redis.pcall('GETRANGE', key, 0, 8)
  return Buffer.isBuffer(there) && there.equals(token)
}

function text(reply: unknown): string {
  return String(reply)
}
