import { startCluster, testRemoteStore } from '@holdfast/testing'
import { afterAll } from 'vitest'
import { redisStore } from '../src/redis-store.ts'

const cluster = await startCluster({ primaries: 3, replicas: 0, nodeTimeoutMs: 30_000 })
afterAll(() => cluster.stop())

testRemoteStore({
  name: 'redisStore on a cluster',
  open: () => redisStore({ cluster: cluster.seeds }),
  abilities: [
    'lease',
    'settle',
    'expire',
    'tags',
    'matching',
    'clear',
    'scan',
    'listen',
    'guard',
    'barrier',
    'ping',
    'reopen',
    'describe',
  ],
  backend: {
    plant: async (key, what) => {
      await cluster.command('DEL', `holdfast:${key}`)
      if (what === 'list') await cluster.command('RPUSH', `holdfast:${key}`, 'list')
      else await cluster.command('SET', `holdfast:${key}`, what)
    },
    peek: async (key) => {
      const bytes = await (await cluster.ownerOf(`holdfast:${key}`)).commandBytes('GET', `holdfast:${key}`)
      return Buffer.isBuffer(bytes) ? bytes : undefined
    },
    evict: async (key) => void (await cluster.command('DEL', `holdfast:${key}`)),
    wipe: async () => void (await Promise.all(cluster.nodes.map((node) => node.command('FLUSHALL')))),
    freeze: async () => void (await Promise.all(cluster.nodes.map((node) => node.freeze()))),
    thaw: () => {
      for (const node of cluster.nodes) node.thaw()
    },
  },
})
