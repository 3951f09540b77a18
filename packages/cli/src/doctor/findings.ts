import type { RedisExamination } from 'holdfast'
import type { RedisPlace } from '../connection.ts'
import { showBytes, showMs } from '../output.ts'
import type { Finding } from './finding.ts'
import { rightsFindings } from './rights.ts'

/** What an examination means for a cache. */
export function findingsOf(found: RedisExamination, place: RedisPlace): readonly Finding[] {
  return [
    { check: 'connection', level: 'ok', message: `${found.address}, in ${showMs(found.connectMs)}` },
    ...topology(found),
    ...security(place),
    ...serverFindings(found, place),
  ]
}

/** What is found of a server, whether it stands alone or in a cluster. */
export function serverFindings(found: RedisExamination, place: RedisPlace): readonly Finding[] {
  return [
    ...version(found),
    ...rightsFindings(found.rights, place.prefix),
    ...announcements(found),
    ...latency(found),
    ...memory(found),
    ...persistence(found),
    ...clock(found),
    ...clients(found),
  ]
}

function version({ version: text }: RedisExamination): readonly Finding[] {
  if (text === undefined)
    return [{ check: 'version', level: 'note', message: 'The server does not tell its version (INFO is refused).' }]
  const [major = 0, minor = 0] = text.split('.').map(Number)
  if (major < 6 || (major === 6 && minor < 2))
    return [
      {
        check: 'version',
        level: 'error',
        message: `Redis ${text}`,
        advice: 'Use Redis 6.2 or newer, 7 if you can; Valkey will do.',
      },
    ]
  if (major < 7)
    return [
      { check: 'version', level: 'note', message: `Redis ${text}`, advice: 'Redis 7 saves a script on each miss.' },
    ]
  return [{ check: 'version', level: 'ok', message: `Redis ${text}` }]
}

function topology({ mode, role }: RedisExamination): readonly Finding[] {
  if (mode === 'sentinel')
    return [
      {
        check: 'topology',
        level: 'error',
        message: 'This is a Sentinel, not a server.',
        advice: 'Name it in REDIS_SENTINELS, and the primary in REDIS_SENTINEL_NAME.',
      },
    ]
  if (mode === 'cluster')
    return [
      {
        check: 'topology',
        level: 'error',
        message: 'This is a node of a Cluster: it refuses the keys of the others.',
        advice: 'Name it, and some others, in REDIS_CLUSTER_NODES.',
      },
    ]
  if (role === 'slave')
    return [
      {
        check: 'topology',
        level: 'error',
        message: 'This is a read-only replica.',
        advice: 'Point REDIS_URL at the master.',
      },
    ]
  return [{ check: 'topology', level: 'ok', message: 'one server, which takes writes' }]
}

/** Who reaches it, and needs no password. */
export function security({ server }: RedisPlace): readonly Finding[] {
  const { hosts, password } = access(server)
  const hostname = hosts.find((host) => !/^(localhost|127\.|\[?::1)/.test(host))
  if ((password ?? '') !== '' || hostname === undefined) return []
  return [
    {
      check: 'password',
      level: 'warning',
      message: `Anybody who reaches ${hostname} can read and change what is cached.`,
      advice: 'Set requirepass or an ACL user at the server, and REDIS_PASSWORD here.',
    },
  ]
}

function access(server: RedisPlace['server']): { readonly hosts: readonly string[]; readonly password?: string } {
  if (typeof server === 'string') {
    const { hostname, password } = new URL(server)
    return { hosts: [hostname], password }
  }
  const places = 'cluster' in server ? server.cluster : server.sentinels
  const { password } = 'cluster' in server ? server.redisOptions : server
  return { hosts: places.map(({ host }) => host), ...(password === undefined ? {} : { password }) }
}

function announcements({ announcements: heard }: RedisExamination): readonly Finding[] {
  if ('heardMs' in heard)
    return [{ check: 'announcements', level: 'ok', message: `heard after ${showMs(heard.heardMs)}` }]
  return [
    {
      check: 'announcements',
      level: 'warning',
      message: `Processes do not hear each other's invalidations (${heard.refused}): memory copies live for maxStaleness at most.`,
      advice:
        'Allow SUBSCRIBE and PUBLISH on the channels of the prefix; see the ACL line, and whether a proxy is in between.',
    },
  ]
}

function latency({ pingMs: { median, max } }: RedisExamination): readonly Finding[] {
  const message = `${showMs(median)} a round trip (median of 20), ${showMs(max)} at most`
  if (median > 50)
    return [
      {
        check: 'latency',
        level: 'error',
        message,
        advice: 'Reads have 100 ms for all their round trips: most would time out. Put Redis near the application.',
      },
    ]
  if (median > 5 || max > 100)
    return [
      {
        check: 'latency',
        level: 'warning',
        message,
        advice:
          'Within one zone it is below 1 ms: look for another region, a busy server or a proxy (redis-cli --latency, SLOWLOG GET).',
      },
    ]
  return [{ check: 'latency', level: 'ok', message }]
}

function memory({ memory: { usedBytes, maxBytes, policy, evictedKeys } }: RedisExamination): readonly Finding[] {
  if (maxBytes === undefined || policy === undefined)
    return [
      { check: 'memory', level: 'note', message: 'The server does not tell its bound on memory (INFO is refused).' },
    ]
  const used = usedBytes === undefined ? '' : `${showBytes(usedBytes)} of `
  if (maxBytes === 0)
    return [
      {
        check: 'memory',
        level: 'warning',
        message: 'maxmemory is not set: the cache may take all memory of the machine.',
        advice: 'CONFIG SET maxmemory 256mb (what the machine can give), and maxmemory-policy volatile-lfu.',
      },
    ]
  const message = `${used}${showBytes(maxBytes)}, ${policy}`
  if (policy === 'noeviction')
    return [
      {
        check: 'memory',
        level: 'warning',
        message,
        advice: 'When it is full, nothing new is cached. CONFIG SET maxmemory-policy volatile-lfu',
      },
    ]
  if (policy === 'volatile-ttl')
    return [
      {
        check: 'memory',
        level: 'note',
        message,
        advice:
          'It evicts what ends soonest, the leases of loads first: when full, loads are not stored. Prefer volatile-lfu.',
      },
    ]
  const evicted = (evictedKeys ?? 0) > 0 ? `, ${evictedKeys} keys evicted since the start` : ''
  return [{ check: 'memory', level: 'ok', message: message + evicted }]
}

function persistence({ persistence: { isAppendOnly, snapshots, isFailing } }: RedisExamination): readonly Finding[] {
  if (isFailing === true)
    return [
      {
        check: 'persistence',
        level: 'warning',
        message: 'The last snapshot or rewrite failed.',
        advice: 'Redis may refuse writes (stop-writes-on-bgsave-error): look at its log and its disk.',
      },
    ]
  if (isAppendOnly === undefined)
    return [{ check: 'persistence', level: 'note', message: 'not told (INFO is refused)' }]
  const kept = isAppendOnly
    ? 'append-only file'
    : snapshots === undefined
      ? 'not told'
      : snapshots === ''
        ? 'none'
        : 'snapshots'
  const message = kept === 'none' ? 'none: after a restart the cache is cold' : kept
  return [{ check: 'persistence', level: kept === 'none' ? 'note' : 'ok', message }]
}

function clock({ clockAheadMs, pingMs }: RedisExamination): readonly Finding[] {
  if (clockAheadMs === undefined) return []
  const message = `${showMs(Math.abs(clockAheadMs))} ${clockAheadMs < 0 ? 'behind' : 'ahead of'} this machine's`
  if (Math.abs(clockAheadMs) < 1_000 + pingMs.max) return [{ check: 'clock', level: 'ok', message }]
  return [
    {
      check: 'clock',
      level: 'note',
      message,
      advice: 'Entries live by the time of Redis, so nothing breaks; logs will not match. Check NTP on both.',
    },
  ]
}

function clients({ clients: { connected, max } }: RedisExamination): readonly Finding[] {
  if (connected === undefined || max === undefined) return []
  const message = `${connected} of ${max} connections`
  if (connected < 0.8 * max) return [{ check: 'connections', level: 'ok', message }]
  return [
    {
      check: 'connections',
      level: 'warning',
      message,
      advice: 'Each process needs two. Raise maxclients, and look for clients that are never closed (CLIENT LIST).',
    },
  ]
}
