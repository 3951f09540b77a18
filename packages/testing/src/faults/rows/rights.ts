import { app } from '../ground.ts'
import type { FaultRow } from '../row.ts'
import { proven, type FaultStage } from '../stage.ts'

/** Faults of what the application may do. */
export const rightsRows: readonly FaultRow[] = [
  {
    name: 'WRONGPASS',
    how: 'another password, and connections killed, for 2.5 s',
    play: (stage) =>
      otherPassword(stage, async () => void (await stage.redis.command('CLIENT', 'KILL', 'USER', app.username))),
  },
  {
    name: 'password rotated',
    how: 'another password; connections live on, and are reset a while later',
    play: (stage) =>
      otherPassword(stage, async () => {
        await stage.during(1_000)
        stage.proxy.reset()
      }),
  },
  refusing('NOPERM', 'no command is allowed, for 3 s', ['-@all', '+auth', '+hello'], ['GET', 'probe']),
  refusing('writes refused by ACL', '-@write for 3 s', ['-@write'], ['SET', 'probe', 'x']),
  refusing('reads refused by ACL', '-@read for 3 s', ['-@read'], ['GET', 'probe']),
]

async function otherPassword(stage: FaultStage, then: () => Promise<void>): Promise<string> {
  const { redis } = stage
  await redis.command('ACL', 'SETUSER', app.username, 'resetpass', '>another')
  try {
    await then()
    await stage.during(2_500)
    const seen = await stage.probe('PING')
    return proven(seen.text === 'WRONGPASS', `signing in met ${seen.text}`)
  } finally {
    await redis.command('ACL', 'SETUSER', app.username, `>${app.password}`)
  }
}

function refusing(name: string, how: string, rules: readonly string[], command: readonly string[]): FaultRow {
  return {
    name,
    how,
    async play(stage) {
      const { redis } = stage
      await redis.command('ACL', 'SETUSER', app.username, ...rules)
      try {
        await stage.during(3_000)
        const seen = await stage.probe(...command)
        return proven(seen.text === 'NOPERM', `a probe met ${seen.text}`)
      } finally {
        await redis.command('ACL', 'SETUSER', app.username, '+@all')
      }
    },
  }
}
