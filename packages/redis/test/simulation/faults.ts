import type { Member, Redis } from './member.ts'
import type { World } from '@holdfast/testing/simulation'

type Random = World['random']

/** Where something goes wrong. */
export interface FaultGround {
  readonly world: World
  readonly redis: Redis
  readonly members: readonly Member[]
  readonly random: Random
}

type Fault = (ground: FaultGround) => Promise<void> | void

/** Redis stands still, and goes on. */
const freeze: Fault = async ({ world, redis, random }) => {
  redis.freeze()
  await world.sleep(random.next() * 700)
  redis.thaw()
}

/** Redis dies, and comes back with less than it had. */
const restart: Fault = async ({ world, redis, random }) => {
  redis.save()
  await world.sleep(random.next() * 150)
  redis.kill()
  await world.sleep(random.next() * 400)
  redis.start(random.chance(0.6) ? 'older' : 'empty')
}

const flush: Fault = ({ redis }) => redis.server.keys.clear()

const evictEntries: Fault = ({ redis }) => redis.evict(0.8, (key) => !key.includes('~'))

const evictTags: Fault = ({ redis }) => redis.evict(1, (key) => key.includes('~tag:'))

const evictBookkeeping: Fault = ({ redis, random }) =>
  redis.evict(random.chance(0.5) ? 1 : 0.5, (key) => key.includes('~'))

/** Connections of one process are reset; of one kind, or all. */
const cut: Fault = ({ redis, members, random }) => {
  const kind = random.below(3)
  const process = random.pick(members).process
  const where = kind === 2 ? { process } : { process, subscribers: kind === 1 }
  for (const connection of redis.connections(where)) connection.cut()
}

/** What one process sends on its connections gets lost from now on, and nobody is told. */
const vanish: Fault = ({ redis, members, random }) => {
  const process = random.pick(members).process
  const where = random.chance(0.5) ? { process } : { process, subscribers: true }
  for (const connection of redis.connections(where)) connection.vanish()
}

/** One process cannot reach Redis for a while, on new connections either. */
const cutOff: Fault = async ({ world, redis, members, random }) => {
  const { process } = random.pick(members)
  const until = world.now + 60 + random.next() * 600
  while (world.now < until) {
    for (const connection of redis.connections({ process })) connection.cut()
    await world.sleep(6)
  }
}

/** A process stands still, for less or for more than memory may be believed. */
const stall: Fault = async ({ world, members, random }) => {
  const ms = random.chance(0.3) ? random.next() * 500 : 1_200 + random.next() * 1_500
  random.pick(members).process.stall(ms)
  await world.sleep(ms)
}

/** What one process sends on its data connection arrives late, whatever becomes of the connection. */
const stick: Fault = ({ members, random }) => random.pick(members).connector.stick(100 + random.next() * 300)

/** Faults of a kind, and how long they leave one alone in between, in milliseconds. */
export interface Trouble {
  readonly faults: readonly Fault[]
  readonly everyMs: number
}

/** What goes wrong in a run: nothing, one kind of thing, or anything. */
export const troubles = {
  none: { faults: [], everyMs: 0 },
  clears: { faults: [], everyMs: 0 },
  server: { faults: [freeze, restart, flush], everyMs: 200 },
  evictions: { faults: [evictEntries, evictTags, evictTags, evictBookkeeping], everyMs: 12 },
  connections: { faults: [cut, vanish, cutOff], everyMs: 150 },
  cutOff: { faults: [cutOff], everyMs: 100 },
  stalls: { faults: [stall], everyMs: 60 },
  sticking: { faults: [stick], everyMs: 60 },
  any: {
    faults: [freeze, restart, flush, evictEntries, evictBookkeeping, cut, vanish, cutOff, stall, stick],
    everyMs: 150,
  },
} satisfies Readonly<Record<string, Trouble>>

/** Lets things go wrong, one after another, until it is over. What goes wrong is healed again. */
export async function suffer(ground: FaultGround, trouble: Trouble, isOver: () => boolean): Promise<void> {
  const { world, random } = ground
  while (!isOver()) {
    await world.sleep(random.next() * 2 * trouble.everyMs)
    if (!isOver()) await random.pick(trouble.faults)(ground)
  }
}
