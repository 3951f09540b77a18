import { createCache, type Cache, type Written } from '@holdfast/core'
import { LinkClosedError, ReplyError } from '../../src/link.ts'
import { parseOptions } from '../../src/options.ts'
import { Store } from '../../src/store.ts'
import { mapStore } from '../support/map-store.ts'
import { Oracle, Violation } from './oracle.ts'
import { scriptTwins } from './script-twins.ts'
import { SimulatedProcess, SimulatedRedis, type World } from './simulated.ts'

type Random = World['random']

const keys = ['a', 'b', 'c'] as const
const maxStalenessMs = 1_000
/** Nobody is cut off for longer than it takes to notice, to connect again and to open a session. */
const slackMs = 600

interface Row {
  readonly key: string
  readonly version: number
}

/** One process of the scenario: its cache, and how it reaches the database. */
class Member {
  readonly index: number
  readonly process: SimulatedProcess
  readonly cache: Cache<Row>
  /** When it last stood still or was released. */
  disturbedAt = Number.NEGATIVE_INFINITY

  constructor(index: number, process: SimulatedProcess, cache: Cache<Row>) {
    this.index = index
    this.process = process
    this.cache = cache
  }

  /** Time that stands still while the process does. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.process.clock.setTimer(resolve, ms))
  }
}

/** What became of a run. */
export interface Outcome {
  readonly reads: number
  readonly invalidations: number
}

/**
 * A few processes read, load, write and invalidate a few keys of one versioned database through their caches, while connections,
 * processes and the server suffer what the seed chooses. At the end all is quiet, and every process must read the truth.
 */
export async function scenario(world: World): Promise<Outcome> {
  const { random } = world
  const redis = new SimulatedRedis(world, {
    errors: { reply: (line) => new ReplyError(line), closed: (message) => new LinkClosedError(message) },
    scripts: scriptTwins,
    skewMs: (random.next() - 0.5) * 10_000,
  })
  const oracle = new Oracle()
  const versions = new Map<string, number>(keys.map((key) => [key, 1]))
  const isCalm = random.chance(0.25)
  const members = Array.from({ length: 2 + random.below(2) }, (_, index) => open(world, redis, index))
  const state = { isFaulty: false, faultEndedAt: Number.NEGATIVE_INFINITY }
  const workload = new Workload({ world, members, versions, oracle, limitMs: () => limit() })

  // Announcements take their time; where anything went wrong, a process may be cut off.
  function limit(): number {
    const isTouched = !isCalm
    return isTouched ? maxStalenessMs + slackMs : 130
  }

  await Promise.all(members.map((member) => member.pause(1)))
  const fibers = members.flatMap((member) =>
    [0, 1].map((fiber) => workload.run(member, random.fork(`${member.index}.${fiber}`))),
  )
  let isOver = false
  const suffering = isCalm ? undefined : suffer(world, redis, members, random.fork('faults'), () => isOver)
  await Promise.all(fibers)
  isOver = true
  await suffering
  void state
  for (const member of members) member.process.resume()
  redis.thaw()
  await world.sleep(maxStalenessMs + 2_000)
  for (const member of members) {
    for (const key of keys) {
      const row = await member.cache.getOrSet(key, () => Promise.resolve({ key, version: versions.get(key)! }), {
        tags: tagsOf(key),
      })
      if (row.version !== versions.get(key))
        throw new Violation(
          `LASTING ${key} is version ${row.version} in ${member.index}, and ${versions.get(key)} in truth`,
        )
    }
  }
  await Promise.all(members.map((member) => member.cache.close()))
  return { reads: oracle.reads, invalidations: oracle.invalidations }
}

function open(world: World, redis: SimulatedRedis<ReplyError, LinkClosedError>, index: number): Member {
  const process = new SimulatedProcess(world, `${index}`, (world.random.next() - 0.5) * 1_000)
  const random = world.random.fork(`member ${index}`)
  const options = parseOptions({ connectTimeout: '400ms', heartbeatTimeout: '200ms' })
  const store = new Store(redis.connector(process), options, {
    clock: process.clock,
    ids: () => Uint8Array.from({ length: 8 }, () => random.below(256)),
    random: () => random.next(),
  })
  const cache = createCache<Row>({
    memory: mapStore(),
    remote: store,
    clock: process.clock,
    random: () => random.next(),
    ttl: '10s',
    remoteTimeout: '100ms',
    coherence: { maxStaleness: `${maxStalenessMs}ms`, heartbeat: '200ms' },
  })
  return new Member(index, process, cache)
}

function tagsOf(key: string): string[] {
  return key === 'a' ? [] : ['t']
}

interface WorkloadParts {
  readonly world: World
  readonly members: readonly Member[]
  readonly versions: Map<string, number>
  readonly oracle: Oracle
  readonly limitMs: () => number
}

/** What a process does with its cache. */
class Workload {
  readonly #parts: WorkloadParts

  constructor(parts: WorkloadParts) {
    this.#parts = parts
  }

  async run(member: Member, random: Random): Promise<void> {
    for (let step = 0; step < 8; step++) {
      await member.pause(random.chance(0.5) ? random.next() * 3 : random.next() * 120)
      if (random.chance(0.62)) await this.#read(member, random)
      else await this.#change(member, random)
    }
  }

  async #read(member: Member, random: Random): Promise<void> {
    const { world, oracle, limitMs } = this.#parts
    const key = random.pick(keys)
    const begun = oracle.begin(world.now)
    const kind = random.next()
    const load = (): Promise<Row> => this.#load(member, key, random)
    const tags = tagsOf(key)
    const row =
      kind < 0.15
        ? await member.cache.get(key)
        : key === 'c'
          ? await member.cache.getOrSet(key, load, { tags: () => tags })
          : await member.cache.getOrSet(key, load, { tags })
    if (row === undefined) return
    oracle.judge({ member: member.index, key, version: row.version, begun, limitMs: limitMs() })
  }

  async #load(member: Member, key: string, random: Random): Promise<Row> {
    await member.pause(this.#delay(random))
    const version = this.#parts.versions.get(key)!
    await member.pause(this.#delay(random))
    return { key, version }
  }

  async #change(member: Member, random: Random): Promise<void> {
    const { world, oracle } = this.#parts
    const kind = random.next()
    const key = random.pick(keys)
    const { cache } = member
    if (kind < 0.12) {
      let version = 0
      const make = async (): Promise<Row> => {
        await member.pause(this.#delay(random))
        version = this.#raise([key]).get(key)!
        await member.pause(this.#delay(random))
        return { key, version }
      }
      const tags = tagsOf(key)
      const written = await cache.update(key, make, { tags })
      oracle.acknowledged(member.index, new Map([[key, version]]), world.now, isApplied(written))
      return
    }
    const covered = kind < 0.5 ? [key] : kind < 0.8 ? ['b', 'c'] : [...keys]
    await member.pause(this.#delay(random))
    const raised = this.#raise(covered)
    await member.pause(this.#delay(random))
    const written =
      kind < 0.5
        ? await cache.delete(key)
        : kind < 0.8
          ? await cache.invalidateTags('t')
          : kind < 0.92
            ? await cache.clear()
            : await cache.invalidateMatching('*')
    oracle.acknowledged(member.index, raised, world.now, isApplied(written))
  }

  #raise(names: readonly string[]): Map<string, number> {
    const { versions } = this.#parts
    for (const name of names) versions.set(name, versions.get(name)! + 1)
    return new Map(names.map((name) => [name, versions.get(name)!]))
  }

  #delay(random: Random): number {
    return random.chance(0.7) ? random.next() * 4 : random.next() * 90
  }
}

function isApplied(written: Written): boolean {
  return written.reached === 'all' && !written.queued
}

/** Lets things go wrong, one after another, until it is over. What goes wrong is healed again. */
async function suffer(
  world: World,
  redis: SimulatedRedis<ReplyError, LinkClosedError>,
  members: readonly Member[],
  random: Random,
  isOver: () => boolean,
): Promise<void> {
  for (let count = 1 + random.below(3); count > 0 && !isOver(); count--) {
    await world.sleep(random.next() * 200)
    const member = random.pick(members)
    const kind = random.below(10)
    if (kind === 0) {
      redis.freeze()
      await world.sleep(random.next() * 700)
      redis.thaw()
    } else if (kind === 1) {
      redis.save()
      await world.sleep(random.next() * 150)
      redis.kill()
      await world.sleep(random.next() * 400)
      redis.start(random.chance(0.6) ? 'older' : 'empty')
    } else if (kind === 2) {
      redis.server.keys.clear()
    } else if (kind === 3) {
      redis.evict(0.5)
    } else if (kind === 4) {
      redis.evict(1, (key) => key.includes('~'))
    } else if (kind === 5) {
      for (const one of redis.connections({ process: member.process, subscribers: true })) one.cut()
    } else if (kind === 6) {
      for (const one of redis.connections({ process: member.process, subscribers: false })) one.cut()
    } else if (kind === 7) {
      for (const one of redis.connections({ process: member.process })) one.vanish()
    } else if (kind === 8) {
      for (const one of redis.connections({ process: member.process, subscribers: true })) one.vanish()
    } else {
      member.process.stall(100 + random.next() * 1_500)
    }
  }
}
