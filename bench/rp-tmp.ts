import { createCache } from '@holdfast/core'
import { msgpack } from '@holdfast/msgpack'
import { redisStore } from '@holdfast/redis'
import { withBreaker } from '@holdfast/breaker'
import { startRedis } from '@holdfast/testing/redis'
import { Redis } from 'ioredis'
import { Packr } from 'msgpackr'
await using redis = await startRedis()
const c = createCache({
  remote: redisStore(redis.url, { prefix: 't:' }),
  serializer: msgpack(),
  remoteTimeout: '2s',
  ttl: '1h',
})
const cb = createCache({
  name: 'b',
  remote: withBreaker(redisStore(redis.url, { prefix: 't:' })),
  serializer: msgpack(),
  remoteTimeout: '2s',
  ttl: '1h',
})
const io = new Redis(redis.url)
const p = new Packr()
const io2 = new Redis(redis.url)
const sub = new Redis(redis.url)
await sub.subscribe('chan')
const v = (i: number) => ({
  id: i,
  name: 'Ada Lovelace ' + i,
  email: 'ada@example.com',
  active: true,
  tags: ['a', 'b'],
  n: 12345 * i,
  t: 'x'.repeat(100),
})
const keys = Array.from({ length: 1024 }, (_, i) => 'user:' + i)
await c.setMany(keys.map((k, i) => [k, v(i)] as const))
for (const [i, k] of keys.entries()) await io.set('raw:' + k, p.pack(v(i)))
const raw = keys.map((k) => 'raw:' + k)
type R = { u: number; s: number; w: number }
async function run(conc: number, n: number, get: (i: number) => Promise<unknown>): Promise<R> {
  let i = 0
  const w = async () => {
    while (i < n) await get(i++ & 1023)
  }
  const t0 = performance.now()
  const t = process.cpuUsage()
  await Promise.all(Array.from({ length: conc }, w))
  const u = process.cpuUsage(t)
  return { u: u.user / n, s: u.system / n, w: ((performance.now() - t0) * 1000) / n }
}
const ours = (i: number) => c.get(keys[i]!)
const theirs = async (i: number) => p.unpack((await io.getBuffer(raw[i]!))!)
const many = Array.from({ length: 10 }, (_, j) => keys.slice(j * 100, j * 100 + 100))
const rawMany = many.map((ks) => ks.map((k) => 'raw:' + k))
const cases: Record<string, [number, number, Record<string, (i: number) => Promise<unknown>>]> = {
  lone: [1, 20000, { ours, io: theirs, brk: (i) => cb.get(keys[i]!) }],
  get64: [64, 60000, { ours, io: theirs, brk: (i) => cb.get(keys[i]!) }],
  get512: [512, 60000, { ours, io: theirs, brk: (i) => cb.get(keys[i]!) }],
  many100: [
    1,
    1000,
    {
      ours: (i) => c.getMany(many[i % 10]!),
      brk: (i) => cb.getMany(many[i % 10]!),
      io: async (i) => (await io.mgetBuffer(rawMany[i % 10]!)).map((b) => p.unpack(b!)),
    },
  ],
  set: [
    1,
    20000,
    {
      ours: (i) => c.set(keys[i]!, v(i)),
      brk: (i) => cb.set(keys[i]!, v(i)),
      io: (i) => io.set(raw[i]!, p.pack(v(i)), 'PX', 3600000),
      iopub: async (i) => {
        await io2
          .pipeline()
          .set(raw[i]!, p.pack(v(i)), 'PX', 3600000)
          .publish('chan', keys[i]!)
          .exec()
      },
    },
  ],
  setMany100: [
    1,
    400,
    {
      ours: (i) => c.setMany(many[i % 10]!.map((k, j) => [k, v(j)] as const)),
      io: (i) => {
        const pl = io.pipeline()
        for (const [j, k] of rawMany[i % 10]!.entries()) pl.set(k, p.pack(v(j)), 'PX', 3600000)
        return pl.exec()
      },
    },
  ],
}
const only = (process.argv[2] ?? 'all').split(',')
const rounds = +(process.argv[3] ?? 7)
for (const [name, [conc, n, vs]] of Object.entries(cases)) {
  if (only[0] !== 'all' && !only.includes(name)) continue
  const rs: Record<string, R[]> = {}
  for (let r = 0; r < rounds + 1; r++)
    for (const [k, f] of Object.entries(vs)) {
      const x = await run(conc, n, f)
      if (r > 0) (rs[k] ??= []).push(x)
    }
  const med = (x: number[]) => x.sort((p, q) => p - q)[x.length >> 1]!
  const tot = (k: string) => med(rs[k]!.map((r) => r.u + r.s))
  const mn = (k: string) => Math.min(...rs[k]!.map((r) => r.u + r.s))
  for (const k of Object.keys(vs))
    console.log(
      name.padEnd(11),
      k.padEnd(6),
      'cpu',
      tot(k).toFixed(1).padStart(7),
      'user',
      med(rs[k]!.map((r) => r.u)).toFixed(1),
      'sys',
      med(rs[k]!.map((r) => r.s)).toFixed(1),
      'wall',
      med(rs[k]!.map((r) => r.w)).toFixed(1),
      'ratio med',
      (tot(k) / tot('io')).toFixed(2),
      'min',
      (mn(k) / mn('io')).toFixed(2),
      'wall/s x',
      (med(rs['io']!.map((r) => r.w)) / med(rs[k]!.map((r) => r.w))).toFixed(2),
    )
}
await c.close()
await cb.close()
io.disconnect()
io2.disconnect()
sub.disconnect()
