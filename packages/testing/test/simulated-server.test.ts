import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  RedisReplyError,
  startRedis,
  type RawConnection,
  type RedisServer,
  type RespReply,
} from '../src/redis/index.ts'
import { ServerError, type ServerReply } from '../src/simulation/commands.ts'
import { SimulatedServer, type ServerClient } from '../src/simulation/server.ts'

let redis: RedisServer
let connection: RawConnection

beforeAll(async () => {
  redis = await startRedis()
  connection = await redis.connect()
})

afterAll(async () => {
  connection.close()
  await redis.stop()
})

const key = fc.constantFrom('a', 'b', 'user:1', 'user:2')
const value = fc.oneof(
  fc.constantFrom('', 'x', 'value', '\u00e9'),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
)
const index = fc.integer({ min: -25, max: 25 }).map(String)
const setOption = fc.constantFrom(
  ['NX'],
  ['XX'],
  ['GET'],
  ['PX', '100000'],
  ['EX', '100'],
  ['KEEPTTL'],
  ['NX', 'GET'],
  ['NX', 'GET', 'PX', '5000'],
  ['PX', '0'],
  ['PX', 'x'],
  ['NX', 'XX'],
  ['OTHER'],
  [],
)

const command: fc.Arbitrary<readonly (string | Buffer)[]> = fc.oneof(
  fc.tuple(fc.constantFrom('GET', 'STRLEN', 'TYPE', 'SCARD', 'EXISTS'), key),
  fc.tuple(fc.constantFrom('DEL', 'UNLINK', 'MGET', 'EXISTS'), key, key),
  fc
    .tuple(fc.constant('SET'), key, value, setOption)
    .map(([set, name, bytes, options]) => [set, name, bytes, ...options]),
  fc.tuple(fc.constant('GETRANGE'), key, index, index),
  fc.tuple(fc.constant('SETRANGE'), key, fc.nat({ max: 30 }).map(String), value),
  fc.tuple(fc.constantFrom('SADD', 'SREM', 'SISMEMBER', 'RPUSH'), key, fc.constantFrom('m', 'n')),
  fc.tuple(fc.constantFrom('PEXPIRE'), key, fc.constant('50000')),
  fc.constantFrom<readonly string[]>(['DBSIZE'], ['FLUSHALL'], ['PING'], ['NOSUCH', 'x']),
)

const nobody: ServerClient = { id: 1, channels: new Set(), push: () => {}, kill: () => {} }

describe('SimulatedServer', () => {
  it('answers as a real server does, command by command', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 40 }), async (commands) => {
        const model = new SimulatedServer(() => Date.now(), [])
        await connection.send(['FLUSHALL'])
        const real = await Promise.all(commands.map((each) => connection.send(each).catch((error: unknown) => error)))
        const simulated = commands.map((each) =>
          model.execute(
            nobody,
            each.map((part) => Buffer.from(part)),
          ),
        )

        expect(simulated.map(shown)).toEqual(real.map((reply) => shown(reply as RespReply)))
      }),
      { numRuns: 300 },
    )
  })

  it('scans as a real server does', async () => {
    const model = new SimulatedServer(() => Date.now(), [])
    const names = Array.from({ length: 300 }, (_, at) => `item:${at}`)
    await connection.send(['FLUSHALL'])
    for (const name of [...names, 'other']) {
      model.execute(
        nobody,
        ['SET', name, 'x'].map((part) => Buffer.from(part)),
      )
      await connection.send(['SET', name, 'x'])
    }

    const simulated = await scanAll(async (args) =>
      Promise.resolve(
        model.execute(
          nobody,
          args.map((part) => Buffer.from(part)),
        ),
      ),
    )
    const real = await scanAll((args) => connection.send(args))

    expect(simulated).toEqual(names.toSorted())
    expect(real).toEqual(simulated)
  })

  it('tells the time and who it is in the form of a real server', async () => {
    const model = new SimulatedServer(() => Date.now(), [])
    const ask = (...args: readonly string[]): ServerReply =>
      model.execute(
        nobody,
        args.map((part) => Buffer.from(part)),
      )

    const [seconds, micros] = (ask('TIME') as Buffer[]).map(String)
    const [realSeconds] = ((await connection.send(['TIME'])) as Buffer[]).map(String)

    expect(Math.abs(Number(seconds) - Number(realSeconds))).toBeLessThanOrEqual(60)
    expect(Number(micros)).toBeLessThan(1_000_000)
    const infos = [await connection.send(['INFO', 'server']), ask('INFO', 'server')] as Buffer[]
    for (const info of infos) expect(info.toString()).toMatch(/^run_id:[0-9a-f]{40}\r$/m)
  })
})

async function scanAll(send: (args: readonly string[]) => Promise<unknown>): Promise<string[]> {
  const found: string[] = []
  for (let cursor = '0'; ;) {
    const [next, page] = (await send(['SCAN', cursor, 'MATCH', 'item:*', 'COUNT', '7'])) as [Buffer, Buffer[]]
    found.push(...page.map(String))
    cursor = String(next)
    if (cursor === '0') return [...new Set(found)].toSorted()
  }
}

/** A reply for comparing: bytes as hexadecimal, errors by their first word. */
function shown(reply: ServerReply | RespReply): unknown {
  if (reply instanceof ServerError) return `error ${reply.line.split(' ')[0]}`
  if (reply instanceof RedisReplyError) return `error ${reply.code}`
  if (Buffer.isBuffer(reply)) return reply.toString('hex')
  // The test's own connection gives status replies as text.
  if (typeof reply === 'string') return Buffer.from(reply).toString('hex')
  if (typeof reply === 'object' && reply !== null) return (reply as readonly RespReply[]).map(shown)
  return reply
}
