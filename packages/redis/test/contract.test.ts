import { startRedis, testRemoteStore, type RemoteAbility } from '@holdfast/testing'
import { afterAll } from 'vitest'
import { redisStore } from '../src/redis-store.ts'

const server = await startRedis({
  config: { user: 'deaf on >deaf ~* resetchannels +@all' },
})
afterAll(() => server.stop())

const abilities: readonly RemoteAbility[] = [
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
]

const backend = {
  plant: async (key: string, what: Uint8Array | 'list') => {
    await server.command('DEL', `holdfast:${key}`)
    if (what === 'list') await server.command('RPUSH', `holdfast:${key}`, 'list')
    else await server.command('SET', `holdfast:${key}`, what)
  },
  peek: async (key: string) => {
    const bytes = await server.commandBytes('GET', `holdfast:${key}`)
    return Buffer.isBuffer(bytes) ? bytes : undefined
  },
  evict: async (key: string) => {
    await server.command('DEL', `holdfast:${key}`)
  },
  wipe: async () => {
    await server.command('FLUSHALL')
  },
  freeze: () => server.freeze(),
  thaw: () => server.thaw(),
}

testRemoteStore({
  name: 'redisStore',
  open: () => redisStore(server.url),
  abilities,
  backend,
})

testRemoteStore({
  name: 'redisStore on three connections',
  open: () => redisStore(server.url, { connections: 3 }),
  abilities,
  backend,
})

testRemoteStore({
  name: 'redisStore without announcements',
  open: () => redisStore(server.url.replace('redis://', 'redis://deaf:deaf@')),
  abilities,
  backend,
  skip: [
    {
      reason: 'Redis lets this user neither listen nor announce',
      cases: [
        'settle > is announced, stored or not',
        'expire > is announced',
        'matching > is announced',
        'listen > hears what another process deletes, set or not',
        'listen > hears what another process sets',
        'listen > hears the tags that another process invalidates',
        'listen > hears batches as large as they come',
        'listen > hears names of any kind',
        'listen > hears nothing of what it did itself',
        'listen > hears nothing of loads',
        'journal > is asked for until it is empty, and nothing is read before it was applied',
        'journal > invalidates tags',
        'barrier > resolves when all that was announced before it has been heard',
      ],
    },
    {
      reason: 'Copies in memory end by maxStaleness alone',
      cases: [
        'tags > end the copies in memory by a guard that entries share',
        'late fill > is no hit when one of its tags was invalidated meanwhile (tag-bumped-during-load)',
        'reopen > ends the session: tells of the gap, asks for the journal, ends the guards, and reads again',
        'guard > is the one that entries of its key carry, and good while the session is',
        'listen > gives what is read guards that are good while it listens',
      ],
    },
    {
      reason: 'Nothing is remembered between loads: a new tag is told from an invalidated one only after a while',
      cases: ['lease > stores a value with tags that only its load told, at the second load at the latest'],
    },
  ],
})
