import type { RedisExamination } from 'holdfast'
import { describe, expect, it } from 'vitest'
import { clusterFindings } from './cluster-findings.ts'
import { findingsOf } from './findings.ts'

const place = { server: 'redis://localhost:6379', prefix: 'app:', isDefaultPrefix: false }

/** A server with nothing to say against. */
const well: RedisExamination = {
  address: 'localhost:6379',
  connectMs: 1.5,
  version: '7.4.1',
  mode: 'standalone',
  role: 'master',
  rights: [{ command: 'GET', refused: undefined }],
  announcements: { heardMs: 0.3 },
  pingMs: { median: 0.2, max: 1 },
  memory: { usedBytes: 2 ** 20, maxBytes: 2 ** 28, policy: 'volatile-lfu', evictedKeys: 0 },
  persistence: { isAppendOnly: true, snapshots: '', isFailing: false },
  clockAheadMs: 3,
  clients: { connected: 10, max: 10_000 },
}

const untold = { usedBytes: undefined, maxBytes: undefined, policy: undefined, evictedKeys: undefined }

describe('what doctor makes of a server', () => {
  it('is nothing but ok where all is well', () => {
    expect(findingsOf(well, place).filter(({ level }) => level !== 'ok')).toEqual([])
  })

  it.each<[what: string, Partial<RedisExamination>, found: object]>([
    ['is too old', { version: '6.0.16' }, { check: 'version', level: 'error', advice: expect.stringContaining('6.2') }],
    ['is old', { version: '6.2.7' }, { check: 'version', level: 'note', advice: expect.stringContaining('Redis 7') }],
    ['tells no version', { version: undefined }, { check: 'version', level: 'note' }],
    [
      'is far away',
      { pingMs: { median: 80, max: 95 } },
      { check: 'latency', level: 'error', advice: expect.stringContaining('would time out') },
    ],
    ['is not near', { pingMs: { median: 12, max: 20 } }, { check: 'latency', level: 'warning' }],
    ['is near, but stops now and then', { pingMs: { median: 0.2, max: 150 } }, { check: 'latency', level: 'warning' }],
    [
      'evicts leases first',
      { memory: { ...well.memory, policy: 'volatile-ttl' } },
      { check: 'memory', level: 'note', advice: expect.stringContaining('volatile-lfu') },
    ],
    [
      'has evicted',
      { memory: { ...well.memory, evictedKeys: 7 } },
      { check: 'memory', level: 'ok', message: expect.stringContaining('7 keys evicted') },
    ],
    ['does not tell its memory', { memory: untold }, { check: 'memory', level: 'note' }],
    [
      'cannot save',
      { persistence: { ...well.persistence, isFailing: true } },
      { check: 'persistence', level: 'warning', advice: expect.stringContaining('refuse writes') },
    ],
    [
      'does not tell what it saves',
      { persistence: { isAppendOnly: undefined, snapshots: undefined, isFailing: undefined } },
      { check: 'persistence', level: 'note' },
    ],
    [
      'saves snapshots',
      { persistence: { isAppendOnly: false, snapshots: '3600 1', isFailing: false } },
      { check: 'persistence', level: 'ok', message: 'snapshots' },
    ],
    [
      'has a clock that is an hour slow',
      { clockAheadMs: -3_600_000 },
      { check: 'clock', level: 'note', message: "60 min behind this machine's" },
    ],
    [
      'has a clock that is a day fast',
      { clockAheadMs: 86_400_000 },
      { check: 'clock', level: 'note', message: "24.0 h ahead of this machine's" },
    ],
    [
      'is almost out of connections',
      { clients: { connected: 90, max: 100 } },
      { check: 'connections', level: 'warning', advice: expect.stringContaining('maxclients') },
    ],
  ])('that %s', (_, differs, found) => {
    expect(findingsOf({ ...well, ...differs }, place)).toContainEqual(expect.objectContaining(found))
  })

  it('warns of one that anybody reaches, and only of that', () => {
    const at = (server: string): readonly string[] =>
      findingsOf(well, { ...place, server }).flatMap(({ check, message }) => (check === 'password' ? [message] : []))

    expect(at('redis://cache.internal')).toEqual([
      'Anybody who reaches cache.internal can read and change what is cached.',
    ])
    expect([at('redis://:secret@cache.internal'), at('redis://127.0.0.1')]).toEqual([[], []])
  })
})

describe('what doctor makes of a cluster', () => {
  it('is how many slots nobody has, and which primaries stand alone', () => {
    const findings = clusterFindings(
      {
        address: 'a:7000',
        slotsMissing: 5461,
        nodes: [
          { address: 'a:7000', slots: 5462, replicas: 1, found: well },
          { address: 'b:7000', slots: 5461, replicas: 0, found: well },
        ],
      },
      { ...place, server: { cluster: [{ host: 'localhost', port: 7000 }], redisOptions: { password: 'secret' } } },
    )

    expect(findings).toContainEqual(
      expect.objectContaining({ check: 'topology', level: 'error', message: expect.stringContaining('5461') }),
    )
    expect(findings).toContainEqual(
      expect.objectContaining({ check: 'replicas', message: 'Nobody takes over when b:7000 dies.' }),
    )
  })
})
