import { Redis } from 'ioredis'
import { Packr } from 'msgpackr'

import { cacheCase, type Case, type Context, freshLoops, isValue, need } from './case.ts'
import { makeRows, makeRowsOfBytes } from './payloads.ts'

/** Values to bytes and back. */
interface Codec {
  readonly encode: (value: unknown) => Uint8Array
  readonly decode: (bytes: Uint8Array) => unknown
}

const codecs: Readonly<Record<string, (context: Context) => Codec>> = {
  json: () => ({
    encode: (value) => Buffer.from(JSON.stringify(value)),
    decode: (bytes) => JSON.parse((bytes as Buffer).toString()) as unknown,
  }),
  msgpackr: () => {
    const packr = new Packr({ useRecords: false })
    return { encode: (value) => packr.pack(value), decode: (bytes) => packr.unpack(bytes) as unknown }
  },
  holdfast: ({ sdk }) => {
    const serializer = sdk.msgpack()
    return { encode: (value) => serializer.serialize(value), decode: (bytes) => serializer.deserialize(bytes) }
  },
}

const rows10k = makeRowsOfBytes(10_000)
const rows500k = makeRowsOfBytes(500_000)
const small = { id: 48_211, name: 'Ada Lovelace', city: 'London', isActive: true, score: 17.25, note: null }

type Direction = 'encode' | 'decode' | 'both'

function codecCase(id: string, title: string, value: unknown, direction: Direction, goals: Case['goals']): Case {
  return {
    id,
    title,
    metric: 'time',
    needsRedis: false,
    baseline: 'json',
    contenders: ['json', 'msgpackr', 'holdfast'],
    gated: 'holdfast',
    ...(goals ? { goals } : {}),
    async open(contender, context) {
      const { encode, decode } = need(codecs[contender], contender)(context)
      const loops = await freshLoops(context.instance)
      const bytes = encode(value)
      const operations = {
        encode: () => encode(value),
        decode: () => decode(bytes),
        both: () => decode(encode(value)),
      }
      return {
        run: loops.synchronous(operations[direction], [value], isValue),
        bytes: bytes.byteLength,
        close: async () => {},
      }
    },
  }
}

/** A value through Redis and back with ioredis by hand, as the bytes of a codec. */
async function openIoredis(
  context: Context,
  codec: string,
  value: unknown,
): Promise<Awaited<ReturnType<Case['open']>>> {
  const { encode, decode } = need(codecs[codec], codec)(context)
  const redis = new Redis(context.redisUrl, { lazyConnect: true })
  await redis.connect()
  const loops = await freshLoops(context.instance)
  const key = `${context.prefix}rows`
  const exchange = async (): Promise<unknown> => {
    await redis.set(key, encode(value) as Buffer, 'PX', 600_000)
    return decode((await redis.getBuffer(key)) ?? Buffer.alloc(0))
  }
  return { run: loops.awaited(exchange, [value], isValue), close: async () => redis.disconnect() }
}

function exchangeCase(id: string, title: string, value: unknown): Case {
  const through = cacheCase({
    id,
    title,
    metric: 'cpu',
    tier: 'remote',
    baseline: 'ioredis',
    contenders: ['ioredis', 'holdfast', 'bentocache', 'cacheable'],
    gated: 'holdfast',
    // With the bytes alone changed, and as a cache that announces what it sets.
    goals: ['ioredis holdfast', 'holdfast'].map((ours) => ({ ours, against: 'ioredis', metric: 'cpu', atMost: 0.65 })),
    async prepare(subject, loops) {
      const set = need(subject.set, 'set')
      const get = need(subject.get, 'get')
      const exchange = async (key: string): Promise<unknown> => {
        await set(key, value)
        return get(key)
      }
      return { run: loops.awaited(exchange, ['rows:1', 'rows:2'], isValue) }
    },
  })
  return {
    ...through,
    contenders: ['ioredis', 'ioredis json', 'ioredis holdfast', ...through.contenders.slice(1)],
    open: (contender, context) => {
      const [, codec] = contender.split(' ')
      return codec === undefined ? through.open(contender, context) : openIoredis(context, codec, value)
    },
  }
}

const smaller = { ours: 'holdfast', against: 'json', metric: 'bytes', atMost: 0.5 } as const

/** Values to bytes and back: alone, and with the way to Redis. */
export const serializeCases: readonly Case[] = [
  codecCase('serialize.encode', 'rows of 10 KB to bytes', rows10k, 'encode', [smaller]),
  codecCase('serialize.decode', 'bytes to rows of 10 KB', rows10k, 'decode', [
    { ours: 'holdfast', against: 'json', metric: 'time', atMost: 0.45 },
  ]),
  codecCase('serialize.small', 'an object of 100 bytes, to bytes and back', small, 'both', [
    { ours: 'holdfast', against: 'msgpackr', metric: 'time', atMost: 1 },
  ]),
  codecCase('serialize.row', 'one row of 200 bytes, to bytes and back', makeRows(1)[0], 'both', undefined),
  exchangeCase('serialize.rows10k', 'set and get of 10 KB of rows through Redis', rows10k),
  exchangeCase('serialize.rows500k', 'set and get of 500 KB of rows through Redis', rows500k),
]
