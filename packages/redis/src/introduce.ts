import { RemoteUnavailableError } from '@holdfast/core'
import { ReplyError, type Link, type Reply } from './link.ts'
import { membersOf } from './pooled-link.ts'
import { RedisTime } from './redis-time.ts'
import type { ServerFacts, SessionGround } from './session-ground.ts'
import { within } from './within.ts'

const identity = [
  ['CLIENT', 'ID'],
  ['INFO', 'server'],
] as const

/**
 * Asks a server who it is.
 *
 * @throws {RemoteUnavailableError} when it is a replica, or is still loading
 */
export async function introduce(data: Link, ground: SessionGround): Promise<ServerFacts> {
  const { clock, deadlines, answerMs } = ground
  const sentAt = clock.now()
  const questions = [['INFO', 'server'], ['INFO', 'replication'], ['TIME']] as const
  const members = Promise.all(membersOf(data).map((member) => member.send(identity)))
  const asked = Promise.all([members, data.send(questions)])
  const [told, [server, replication, time]] = await within(deadlines, asked, sentAt + answerMs)
  // A failover between two connections leads them to two servers.
  if (new Set(told.map(([, info]) => field(info, 'run_id'))).size > 1)
    throw new RemoteUnavailableError('The connections of the pool lead to different servers.')
  if (server instanceof ReplyError && server.code !== 'NOPERM' && server.code !== 'ERR')
    throw new RemoteUnavailableError(`Redis refused: ${server.message}`, { cause: server })
  if (field(replication, 'role') === 'slave')
    throw new RemoteUnavailableError(
      'Redis is a read-only replica here; what it holds may be older than what was acknowledged.',
    )
  const redisTime = new RedisTime()
  redisTime.learn(time!, sentAt, clock.now())
  return {
    clientIds: told.flatMap(([id]) => (typeof id === 'number' ? [id] : [])),
    // A server that does not say is taken for the same one each time: its restarts go unnoticed (see `describe`).
    runId: field(server, 'run_id') ?? '',
    version: field(server, 'redis_version') ?? '',
    time: redisTime,
  }
}

function field(info: Reply | undefined, name: string): string | undefined {
  return Buffer.isBuffer(info) ? new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info.toString('latin1'))?.[1] : undefined
}
