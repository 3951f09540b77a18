import type { RemoteWrite } from '@holdfast/core'
import { exchangeWithKeepers, keeperOf, type TagCommand } from './keepers.ts'
import type { Session } from './session.ts'
import { leastLifeMs } from './tag-life.ts'
import type { Stamp } from './tag-table.ts'

/** An entry that is being written, and the versions of its tags. */
export interface Stamped {
  readonly write: RemoteWrite
  readonly stamps: ReadonlyMap<string, Stamp>
}

/**
 * Sends writes, and lets the keys of tags outlive long entries among them: a tag was asked for when it was not known yet how long what carries it would
 * live, or was made by a process whose entries are brief. Costs nothing where entries live for half a day at most.
 */
export async function sendProlonging<T>(
  session: Session,
  written: readonly Stamped[],
  deadlineAt: number,
  send: () => Promise<T>,
): Promise<T> {
  const commands = prolongingCommands(session, written)
  if (commands.length === 0) return send()
  const [sent] = await Promise.all([send(), exchangeWithKeepers(session, [], commands, deadlineAt)])
  return sent
}

function prolongingCommands(session: Session, written: readonly Stamped[]): readonly TagCommand[] {
  const now = session.ground.clock.now()
  const commands = new Map<string, TagCommand>()
  for (const { write, stamps } of written) {
    if (write.expiresAt - now <= leastLifeMs / 2) continue
    for (const tag of write.tags) {
      const record = stamps.get(tag)?.record
      if (record !== undefined && record.livesUntil >= write.expiresAt) continue
      const { keys, tagLife } = (keeperOf(session, tag) ?? session).ground
      commands.set(tag, { tag, command: ['PEXPIRE', keys.tag(tag), tagLife.px, 'GT'] })
      // Where it is refused, the entry is a miss when its tag ends.
      if (record !== undefined) record.livesUntil = now + tagLife.ms
    }
  }
  return [...commands.values()]
}
