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
        const head = headOf(redis, key, 12)
        if (!stands(redis, key, args[4 * i]!)) {
          if (text(args[4 * i + 3]) === '1') redis.pcall('PUBLISH', args.at(-1)!, key)
          return 0
        }
        redis.call('SET', key, args[4 * i + 1]!, 'PX', args[4 * i + 2]!)
        if (isAwaited(head)) redis.pcall('PUBLISH', args.at(-1)!, key)
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
      for (const [i, key] of keys.entries()) {
        if (!stands(redis, key, tokens[i]!)) continue
        const head = headOf(redis, key, 12)
        if (head[9] !== 1) redis.call('UNLINK', key)
        else if (isLocked(head)) unlock(redis, key)
        if (isAwaited(head)) redis.pcall('PUBLISH', tokens.at(-1)!, key)
      }
      return 1
    },
  },
  {
    source: scripts.contend.source,
    run(redis, [key], [lease, holder, px, seen, stays]) {
      const ms = Number(text(px))
      const head = headOf(redis, key!, 18)
      const take = (kind: number): number => {
        const bytes = Buffer.concat([lease!, holder!])
        bytes[9] = kind
        redis.call('SET', key!, bytes, 'PX', ms)
        return 1
      }
      if (head.length < 10 || head[0] !== 0xc1) return take(0xff)
      if (head[9] === 0xff || head[9] === 0xfe) {
        const other = head.subarray(10, 18)
        if (other.equals(holder!)) return take(head[9])
        if (other.length > 0) redis.call('SETRANGE', key!, 9, Buffer.from([0xfe]))
        return [redis.call('PTTL', key!), head.subarray(0, 10), other]
      }
      const isSeen = head.subarray(0, 9).equals(seen!)
      if (text(stays) !== '1') return isSeen ? take(0xff) : redis.call('GET', key!)
      if (head[9] !== 1 || head[11]! >= 8) return redis.call('GET', key!)
      const now = nowOf(redis)
      const length = Number(redis.call('STRLEN', key!))
      const lock = isLocked(head) ? (redis.call('GETRANGE', key!, length - 14, length - 1) as Buffer) : undefined
      const left = lock === undefined ? 0 : lock.readUIntBE(0, 6) - now
      if (lock !== undefined && left > 0 && !lock.subarray(6).equals(holder!)) {
        redis.call('SETRANGE', key!, 11, Buffer.from([6]))
        return [left, head.subarray(0, 10), lock.subarray(6)]
      }
      if (!isSeen) return redis.call('GET', key!)
      redis.call('SETRANGE', key!, 1, lease!.subarray(1, 9))
      const mark = Buffer.concat([instant(now + ms), holder!])
      if (lock === undefined) {
        redis.call('SETRANGE', key!, length, mark)
        redis.call('SETRANGE', key!, 11, Buffer.from([2]))
      } else redis.call('SETRANGE', key!, length - 14, mark)
      return 1
    },
  },
  {
    source: scripts.renew.source,
    run(redis, keys, args) {
      const ms = Number(text(args.at(-1)))
      for (const [i, key] of keys.entries()) {
        if (!stands(redis, key, args[i]!)) continue
        const head = headOf(redis, key, 12)
        if (head[9] !== 1) redis.call('PEXPIRE', key, ms)
        else if (isLocked(head)) {
          redis.call('SETRANGE', key, Number(redis.call('STRLEN', key)) - 14, instant(nowOf(redis) + ms))
        }
      }
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
          if (isLocked(head)) unlock(redis, key)
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

/** The first bytes at a key; none where there is nothing, or something of another type. */
function headOf(redis: ScriptRedis, key: string, length: number): Buffer {
  const head = redis.pcall('GETRANGE', key, 0, length - 1)
  return Buffer.isBuffer(head) ? head : Buffer.alloc(0)
}

function isLocked(head: Buffer): boolean {
  return head[9] === 1 && head[11]! >= 2
}

function isAwaited(head: Buffer): boolean {
  return head[9] === 0xfe || (head[9] === 1 && head[11]! >= 4)
}

function unlock(redis: ScriptRedis, key: string): void {
  redis.call('SETRANGE', key, Number(redis.call('STRLEN', key)) - 14, Buffer.alloc(6))
  redis.call('SETRANGE', key, 11, Buffer.from([2]))
}

function nowOf(redis: ScriptRedis): number {
  const [seconds, micros] = (redis.call('TIME') as readonly Buffer[]).map((part) => Number(String(part)))
  return seconds! * 1_000 + Math.floor(micros! / 1_000)
}

function instant(at: number): Buffer {
  const bytes = Buffer.alloc(6)
  bytes.writeUIntBE(at, 0, 6)
  return bytes
}

function stands(redis: ScriptRedis, key: string, token: Buffer): boolean {
  const there = redis.pcall('GETRANGE', key, 0, 8)
  return Buffer.isBuffer(there) && there.equals(token)
}

function text(reply: unknown): string {
  return String(reply)
}
