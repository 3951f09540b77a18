import { LinkClosedError, ReplyError } from '../../src/link.ts'
import { suffer, troubles } from './faults.ts'
import { maxStalenessMs, Member, type Redis } from './member.ts'
import { Oracle, Violation } from './oracle.ts'
import { scriptTwins } from './script-twins.ts'
import { SimulatedRedis, type World } from './simulated.ts'
import { ownedKey, Workload, type Habits } from './workload.ts'

/** An announcement waits for no more than the slowest piece of a connection. */
const announcementMs = 70
/** What a process that is cut off needs besides, to end its session and to open another. */
const slackMs = 300

type TroubleKind = keyof typeof troubles

const kinds = Object.keys(troubles) as TroubleKind[]

/** What became of a run. */
export interface Outcome {
  readonly reads: number
  readonly invalidations: number
}

/**
 * A few processes read, load, write and invalidate a few keys of one versioned database through their caches, while what the seed
 * chooses goes wrong. At the end all is quiet, and every process must read the truth.
 */
export async function scenario(world: World): Promise<Outcome> {
  const { random } = world
  const redis: Redis = new SimulatedRedis(world, {
    errors: { reply: (line) => new ReplyError(line), closed: (message) => new LinkClosedError(message) },
    scripts: scriptTwins,
    skewMs: (random.next() - 0.5) * 10_000,
  })
  const kind = random.chance(0.3) ? 'none' : random.pick(kinds)
  const trouble = troubles[kind]
  const habits = chooseHabits(world, kind)
  const versions = new Map(habits.keys.map((key) => [key, 1]))
  const members = Array.from({ length: kind === 'none' ? 3 : 2 }, (_, index) => new Member(world, redis, index))
  const oracle = new Oracle()
  const limitMs = kind === 'none' || kind === 'evictions' ? announcementMs : maxStalenessMs + slackMs
  const workload = new Workload({ world, members, versions, oracle, habits, limitMs })
  let isOver = false
  const suffered =
    kind === 'none'
      ? undefined
      : suffer({ world, redis, members, random: random.fork('faults') }, trouble, () => isOver)

  await Promise.all(
    members.flatMap((member) =>
      [0, 1].map((fiber) => workload.run(member, fiber, random.fork(`fiber ${member.index} ${fiber}`))),
    ),
  )
  isOver = true
  await suffered
  for (const member of members) member.process.resume()
  await world.sleep(maxStalenessMs + 1_000)
  for (const member of members) {
    for (const key of habits.keys) {
      const truth = versions.get(key)!
      const row = await member.cache.getOrSet(key, () => Promise.resolve({ key, version: truth }))
      if (row.version !== truth)
        throw new Violation(`LASTING ${key} is version ${row.version} in ${member.index}, and ${truth} in truth`)
    }
  }
  await Promise.all(members.map((member) => member.cache.close()))
  return { reads: oracle.reads, invalidations: oracle.invalidations }
}

function chooseHabits({ random }: World, kind: TroubleKind): Habits {
  const isPatient = kind !== 'none' && kind !== 'evictions'
  const keys = random.shuffle(['a', 'b', 'c']).slice(0, random.chance(0.7) ? 1 : 2)
  return {
    keys: kind === 'sticking' || random.chance(0.2) ? [...keys, ownedKey] : keys,
    steps: 8,
    pauseMs: isPatient ? 250 : 15,
    changes: 0.2 + random.next() * 0.3,
    clears: random.chance(0.25) ? 0.8 : 0.05,
    loadMs: kind === 'stalls' ? 3_000 : isPatient ? 80 : 25,
  }
}
