import type { RemoteInfo } from '@holdfast/core'
import type { Reply } from './link.ts'
import type { Session } from './session.ts'

/** Asks a server how it is. What it refuses to tell, or does not know, is absent. */
export async function askInfo(session: Session, deadlineAt: number): Promise<RemoteInfo> {
  const replies = await session.exchange(
    ['memory', 'stats', 'clients', 'server'].map((section) => ['INFO', section] as const),
    deadlineAt,
  )
  return infoOf(replies)
}

/** What the sections of INFO say. */
export function infoOf(replies: readonly Reply[]): RemoteInfo {
  const fields = new Map<string, string>()
  for (const reply of replies) {
    if (!Buffer.isBuffer(reply)) continue
    for (const [, name, value] of reply.toString('latin1').matchAll(/^(\w+):(.*?)\r?$/gm)) fields.set(name!, value!)
  }
  const count = (name: string): number | undefined => {
    const written = fields.get(name)
    const value = Number(written)
    return written === undefined || written === '' || !Number.isFinite(value) ? undefined : value
  }
  const maxBytes = count('maxmemory')
  const told = {
    usedBytes: count('used_memory'),
    // 0 means that nothing bounds it.
    maxBytes: maxBytes === 0 ? undefined : maxBytes,
    evictionPolicy: fields.get('maxmemory_policy'),
    evictions: count('evicted_keys'),
    expirations: count('expired_keys'),
    keyspaceHits: count('keyspace_hits'),
    keyspaceMisses: count('keyspace_misses'),
    clients: count('connected_clients'),
    commands: count('total_commands_processed'),
    uptimeSeconds: count('uptime_in_seconds'),
  }
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined))
}

/** What several servers say together: sums of what is counted, the word of the first where they have one each. */
export function sumOf(told: readonly RemoteInfo[]): RemoteInfo {
  const sum: Record<string, unknown> = {}
  for (const info of told) {
    for (const [name, value] of Object.entries(info)) {
      const before = sum[name]
      if (typeof value !== 'number' || typeof before !== 'number') sum[name] ??= value
      else sum[name] = name === 'uptimeSeconds' ? Math.min(before, value) : before + value
    }
  }
  return sum
}
