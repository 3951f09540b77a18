import { setTimeout as sleep } from 'node:timers/promises'
import type { Stage } from './stage.ts'
import { modelKeys } from './keyspace.ts'

/** What can be done to a cluster. */
export type ClusterFault =
  | 'killPrimary'
  | 'freezePrimary'
  | 'failOverPrimary'
  | 'moveSlots'
  | 'moveEpoch'
  | 'killNodeConnections'
  | 'killNodeSubscribers'
  | 'flushNode'
  | 'clusterDown'

/** What can be done to servers that Sentinels watch. */
export type SentinelFault = 'killWatched' | 'freezeWatched' | 'failOverWatched'

/** Each resolves when the cluster is whole again. */
export const clusterFaultActs: Readonly<Record<ClusterFault, (stage: Stage) => Promise<void>>> = {
  // A replica takes over; the dead one comes back as its replica, without what it had.
  killPrimary: async ({ cluster, random }) => {
    const victim = random.pick(await cluster!.primaries())
    await victim.kill()
    await cluster!.settled()
    await sleep(random.below(500))
    await victim.restart({ data: 'empty' })
    await cluster!.settled()
  },
  // Long enough for another to take over, or not: the old one comes back and does not know.
  freezePrimary: async ({ cluster, random }) => {
    const victim = random.pick(await cluster!.primaries())
    await victim.freeze()
    await sleep(500 + random.below(3_000))
    victim.thaw()
    await cluster!.settled()
  },
  failOverPrimary: async ({ cluster, random }) => {
    await cluster!.failOver(random.pick(await cluster!.primaries()))
  },
  moveSlots: async (stage) => {
    const { cluster, random, prefix } = stage
    const keys = random.shuffle(modelKeys).slice(0, 6)
    for (const { name } of keys) await moveSlot(stage, prefix + name.replace(/^session\//, '@session:'))
    await cluster!.settled()
  },
  moveEpoch: (stage) => moveSlot(stage, `${stage.prefix}~{hf}epoch`),
  killNodeConnections: async ({ cluster, random }) => {
    const node = random.pick(await cluster!.primaries())
    await node.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  },
  // Again and again: what is announced meanwhile is heard by nobody.
  killNodeSubscribers: async ({ cluster, random }) => {
    const node = random.pick(await cluster!.primaries())
    for (let n = 0; n < 20; n += 1) {
      await node.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
      await sleep(40)
    }
  },
  flushNode: async ({ cluster, random }) => void (await random.pick(await cluster!.primaries()).command('FLUSHALL')),
  // Nobody has some slots: every command is refused.
  clusterDown: async ({ cluster, random }) => {
    const primary = random.pick(await cluster!.primaries())
    const replica = await cluster!.replicaOf(primary)
    await replica.kill()
    await primary.kill()
    await sleep(2_000)
    await primary.restart({ data: 'empty' })
    await replica.restart({ data: 'empty' })
    await cluster!.settled()
  },
}

export const sentinelFaultActs: Readonly<Record<SentinelFault, (stage: Stage) => Promise<void>>> = {
  killWatched: async ({ sentinels, random }) => {
    const victim = await sentinels!.primary()
    await victim.kill()
    await sentinels!.failedOverFrom(victim)
    await sleep(random.below(500))
    await victim.restart({ data: 'empty' })
    await sentinels!.settled()
  },
  freezeWatched: async ({ sentinels, random }) => {
    const victim = await sentinels!.primary()
    await victim.freeze()
    await sleep(2_000 + random.below(2_000))
    victim.thaw()
    await sentinels!.settled()
  },
  failOverWatched: ({ sentinels }) => sentinels!.failOver(),
}

/** Moves the slot of a key to another primary, key by key, with time for reads and writes on the way. */
async function moveSlot({ cluster, random }: Stage, redisKey: string): Promise<void> {
  const from = await cluster!.ownerOf(redisKey)
  const to = random.pick((await cluster!.primaries()).filter((node) => node !== from))
  const move = await cluster!.beginMove(await cluster!.slotOf(redisKey), to)
  await sleep(random.below(150))
  while ((await move.keys(1)) > 0) await sleep(random.below(60))
  await sleep(random.below(100))
  await move.end()
}
