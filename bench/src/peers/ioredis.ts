import { Redis } from 'ioredis'
import { Packr } from 'msgpackr'

import type { Capabilities, OpenOptions, Peer, Subject } from './peer.ts'

const capabilities: Capabilities = {
  tiers: ['remote'],
  singleFlight: false,
  batches: true,
  tags: false,
  isolates: true,
  synchronous: false,
  codec: 'msgpackr',
}

async function open({ redisUrl, prefix, ttlMs }: OpenOptions, enableAutoPipelining: boolean): Promise<Subject> {
  const redis = new Redis(redisUrl, { lazyConnect: true, enableAutoPipelining })
  await redis.connect()
  // Plain msgpackr, as most services use it: records would need a structure that other processes cannot read.
  const packr = new Packr({ useRecords: false })
  const decode = (bytes: Buffer | null): unknown => (bytes === null ? undefined : packr.unpack(bytes))
  return {
    get: async (key) => decode(await redis.getBuffer(prefix + key)),
    set: (key, value) => redis.set(prefix + key, packr.pack(value), 'PX', ttlMs),
    delete: (key) => redis.unlink(prefix + key),
    getMany: async (keys) => (await redis.mgetBuffer(keys.map((key) => prefix + key))).map(decode),
    setMany: (entries) => {
      const pipeline = redis.pipeline()
      for (const [key, value] of entries) pipeline.set(prefix + key, packr.pack(value), 'PX', ttlMs)
      return pipeline.exec()
    },
    close: async () => redis.disconnect(),
  }
}

/** Writes are announced on a channel that this process listens to as well, as anything that keeps memories coherent must. */
async function openAnnouncing(options: OpenOptions): Promise<Subject> {
  const { redisUrl, prefix, ttlMs } = options
  const plain = await open(options, false)
  const redis = new Redis(redisUrl, { lazyConnect: true })
  const subscriber = new Redis(redisUrl, { lazyConnect: true })
  await Promise.all([redis.connect(), subscriber.connect()])
  await subscriber.subscribe(`${prefix}!`)
  const packr = new Packr({ useRecords: false })
  return {
    ...plain,
    set: (key, value) =>
      redis
        .pipeline()
        .set(prefix + key, packr.pack(value), 'PX', ttlMs)
        .publish(`${prefix}!`, key)
        .exec(),
    close: async () => {
      redis.disconnect()
      subscriber.disconnect()
      await plain.close()
    },
  }
}

/** ioredis by hand: one command a call. The floor of the remote suites. */
export const peer: Peer = {
  name: 'ioredis',
  package: 'ioredis',
  capabilities,
  open: (options) => open(options, false),
}

/** As {@link peer}, with each `set` announced to all processes: the floor of a coherent write. */
export const announcing: Peer = {
  name: 'ioredis-announcing',
  package: 'ioredis',
  capabilities,
  open: openAnnouncing,
}

/** As {@link peer}, with the commands of a tick in one write. */
export const autoPipelining: Peer = {
  name: 'ioredis-auto',
  package: 'ioredis',
  capabilities,
  open: (options) => open(options, true),
}
