import type { FaultRecord, StallRecord } from '../history/record.ts'
import type { Random } from '../random.ts'
import type { Connection } from './connection.ts'
import type { SimulatedProcess } from './process.ts'
import type { SimulatedRedis } from './simulated-redis.ts'
import type { World } from './world.ts'

/** What can happen to a server, whatever client it serves. */
type Strikable = Pick<
  SimulatedRedis<Error, Error>,
  'connections' | 'freeze' | 'thaw' | 'kill' | 'start' | 'save' | 'evict' | 'server'
>

/** What a fault of a simulated history can be done to. */
export interface FaultGround {
  readonly world: World
  readonly random: Random
  readonly redis: Strikable
  readonly processes: readonly SimulatedProcess[]
  readonly stalls: StallRecord[]
}

type Fault = (ground: FaultGround) => void | Promise<void>

/** How long after its end a fault is still felt: sessions open again, heartbeats notice. */
const settleMs = 700

const writing = new Set(['SET', 'SETRANGE', 'SADD', 'RPUSH'])
const changing = new Set([...writing, 'DEL', 'UNLINK', 'SREM', 'PEXPIRE'])

/** What can happen in a simulated history. */
export type SimulatedFault =
  | 'cut a subscriber'
  | 'cut all subscribers'
  | 'cut a data connection'
  | 'cut a process off'
  | 'a subscriber vanishes'
  | 'a data connection vanishes'
  | 'a connection lags'
  | 'freeze'
  | 'kill and start empty'
  | 'kill and start older'
  | 'flush all'
  | 'flush and kill and flush'
  | 'evict'
  | 'evict tags'
  | 'evict the epoch'
  | 'other types over bookkeeping'
  | 'a process stands still'
  | 'out of memory'
  | 'read only'
  | 'loading'

const faults: Readonly<Record<SimulatedFault, Fault>> = {
  'cut a subscriber': (ground) => pick(ground, { subscribers: true })?.cut(),
  'cut all subscribers': ({ redis }) => cutAll(redis.connections({ subscribers: true })),
  'cut a data connection': (ground) => pick(ground, { subscribers: false })?.cut(),
  'cut a process off': ({ redis, random, processes }) => cutAll(redis.connections({ process: random.pick(processes) })),
  'a subscriber vanishes': (ground) => pick(ground, { subscribers: true })?.vanish(),
  'a data connection vanishes': (ground) => pick(ground, { subscribers: false })?.vanish(),
  'a connection lags': async (ground) => {
    const ms = ground.random.below(1_200)
    pick(ground, {})?.lag(ms, ground.random.pick(['up', 'down', 'both']))
    await ground.world.sleep(ms)
  },
  freeze: async ({ world, random, redis }) => {
    redis.freeze()
    await world.sleep(random.below(500))
    redis.thaw()
  },
  'kill and start empty': async ({ world, random, redis }) => {
    redis.kill()
    await world.sleep(random.below(300))
    redis.start('empty')
  },
  'kill and start older': async ({ world, random, redis }) => {
    redis.save()
    await world.sleep(random.below(200))
    redis.kill()
    await world.sleep(random.below(100))
    redis.start('older')
  },
  'flush all': ({ redis }) => redis.evict(1),
  'flush and kill and flush': async ({ world, random, redis }) => {
    redis.evict(1)
    await world.sleep(random.below(20))
    redis.kill()
    redis.start('empty')
    await world.sleep(random.below(50))
    redis.evict(1)
  },
  evict: ({ redis, random }) => redis.evict(random.next()),
  'evict tags': ({ redis }) => redis.evict(0.7, (key) => key.includes('~tag:')),
  'evict the epoch': ({ redis }) => redis.evict(1, (key) => key.includes('epoch')),
  'other types over bookkeeping': ({ redis, random }) => {
    const { keys } = redis.server
    for (const key of keys.keys().filter((each) => each.includes('~')))
      if (random.chance(0.5)) keys.set(key, { type: 'list', items: [Buffer.from('foreign')] })
  },
  'a process stands still': async ({ world, random, processes, stalls }) => {
    const process = random.pick(processes)
    const start = world.now
    const ms = random.chance(0.5) ? 1_200 + random.below(1_000) : random.below(300)
    process.stall(ms)
    await world.sleep(ms)
    stalls.push({ type: 'stall', worker: processes.indexOf(process), start, end: world.now })
  },
  'out of memory': (ground) => refuse(ground, writing, "OOM command not allowed when used memory > 'maxmemory'."),
  'read only': (ground) => refuse(ground, changing, "READONLY You can't write against a read only replica."),
  loading: (ground) => refuse(ground, undefined, 'LOADING Redis is loading the dataset in memory'),
}

/** All of them. */
export const simulatedFaults: readonly SimulatedFault[] = Object.keys(faults) as SimulatedFault[]

/** Does one after the other to a world, each at its time, and writes down when. */
export async function strike(
  ground: FaultGround,
  names: readonly SimulatedFault[],
  withinMs: number,
): Promise<FaultRecord[]> {
  const { world, random } = ground
  const records: FaultRecord[] = []
  for (const name of names) {
    await world.sleep(random.below(withinMs / names.length))
    const start = world.now
    await faults[name](ground)
    records.push({ name, start, end: world.now + settleMs })
  }
  return records
}

function pick({ redis, random }: FaultGround, where: Parameters<Strikable['connections']>[0]): Connection | undefined {
  const connections = redis.connections(where)
  return connections.length === 0 ? undefined : random.pick(connections)
}

function cutAll(connections: readonly Connection[]): void {
  for (const connection of connections) connection.cut()
}

async function refuse(
  { world, random, redis }: FaultGround,
  commands: ReadonlySet<string> | undefined,
  line: string,
): Promise<void> {
  redis.server.refuse = (command) => (commands === undefined || commands.has(command) ? line : undefined)
  await world.sleep(random.below(400))
  redis.server.refuse = undefined
}
