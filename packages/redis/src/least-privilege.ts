/** Commands that the store sends, as rules of Redis name them; those of scripts too, which Redis checks one by one. */
export const neededCommands = [
  'get',
  'mget',
  'getrange',
  'setrange',
  'strlen',
  'pttl',
  'type',
  'scard',
  'set',
  'unlink',
  'pexpire',
  'sadd',
  'sismember',
  'scan',
  'eval',
  'evalsha',
  'script|load',
  'time',
  'info',
  'ping',
  'select',
  'client|id',
  'client|kill',
  'client|setname',
  'publish',
  'subscribe',
  // In a Cluster alone.
  'asking',
  'cluster|nodes',
  'cluster|myid',
] as const

/**
 * What a user of the store must be allowed, and no more: the words of `ACL SETUSER` after its name and password. In a Cluster and behind
 * Sentinels on every server.
 */
export function leastPrivilege(prefix: string): string {
  const commands = neededCommands.map((name) => `+${name}`)
  return ['resetkeys', `~${prefix}*`, 'resetchannels', `&${prefix}~!*`, '-@all', ...commands].join(' ')
}
