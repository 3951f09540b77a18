import { LinkClosedError, ReplyError } from '../../src/link.ts'
import { suffer, troubles, type Trouble } from './faults.ts'
import { maxStalenessMs, Member, type Redis } from './member.ts'
import { Oracle, Violation } from './oracle.ts'
import { scriptTwins } from './script-twins.ts'
import { SimulatedRedis, type World } from '@holdfast/testing/simulation'
import { ownedKey, Workload, type Habits } from './workload.ts'

/** An announcement waits for no more than the slowest piece of a connection. */
const announcementMs = 70
/** What a process that is cut off needs besides, to end its session and to open another. */
const slackMs = 300

export type TroubleKind = keyof typeof troubles

export const kinds: readonly TroubleKind[] = Object.keys(troubles) as TroubleKind[]

/** What became of a run. */
export interface Outcome {
  readonly reads: number
  readonly invalidations: number
}

/**
 * A few processes read, load, write and invalidate a few keys of one versioned database through their caches, while what the seed
 * chooses goes wrong. At the end all is quiet, and every process must read the truth.
 *
 * @param chosen what goes wrong, instead of what the seed chooses
 */
export async function scenario(world: World, chosen?: TroubleKind): Promise<Outcome> {
  const { random } = world
  const redis: Redis = new SimulatedRedis(world, {
    errors: { reply: (line) => new ReplyError(line), closed: (message) => new LinkClosedError(message) },
    scripts: scriptTwins,
    skewMs: (random.next() - 0.5) * 10_000,
  })
  const kind = chosen ?? random.pick(kinds)
  const trouble: Trouble = troubles[kind]
  const habits = chooseHabits(world, kind)
  const versions = new Map(habits.keys.map((key) => [key, 1]))
  const isHealthy = trouble.faults.length === 0 || kind === 'evictions'
  // A round trip on a slow connection takes 120 ms: nobody is cut off by that where an announcement must be heard in time.
  const remoteTimeout = isHealthy ? '2s' : '100ms'
  const members = Array.from(
    { length: trouble.faults.length === 0 ? 3 : 2 },
    (_, index) => new Member(world, redis, index, remoteTimeout),
  )
  const oracle = new Oracle()
  const limitMs = isHealthy ? announcementMs : maxStalenessMs + slackMs
  const workload = new Workload({ world, members, versions, oracle, habits, limitMs })
  let isOver = false
  const suffered =
    trouble.faults.length === 0
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
  await Promise.all(members.map((member) => workload.readOn(member, random.fork(`after ${member.index}`))))
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
  const isPatient = troubles[kind].faults.length > 0 && kind !== 'evictions'
  const keys = random.shuffle(['a', 'b', 'c']).slice(0, 1 + random.below(isPatient ? 3 : 2))
  const habits: Habits = {
    keys: kind === 'sticking' || random.chance(0.2) ? [...keys, ownedKey] : keys,
    runMs: isPatient ? 1_500 : 300,
    pauseMs: isPatient ? 300 : 50,
    // Seldom: a change of one process hides what went wrong with the change of another.
    changes: isPatient ? 0.06 + random.next() * 0.2 : 0.1 + random.next() * 0.35,
    clears: 0.1,
    loadMs: kind === 'stalls' ? 3_000 : isPatient ? 80 : 25,
    databaseMs: 30,
  }
  // Many epochs begin while others are asked for.
  return kind === 'clears'
    ? { ...habits, keys: keys.slice(0, 1), clears: 1, pauseMs: 12, loadMs: 2, databaseMs: 2 }
    : habits
}
