import { setTimeout as sleep } from 'node:timers/promises'
import type { RedisServer } from '../../redis/start-redis.ts'
import { readKeys, writtenKeys } from '../keys.ts'
import type { FaultRow } from '../row.ts'
import { proven, type FaultStage } from '../stage.ts'

/** Faults of servers that stand together: a Cluster, and a primary that Sentinels watch. */
export const topologyRows: readonly FaultRow[] = [
  {
    name: 'primary killed',
    how: 'SIGKILL of a primary of a Cluster; its replica takes over, and it comes back empty, as a replica',
    topology: 'cluster',
    async play(stage) {
      const { cluster } = stage
      const key = stage.key(readKeys[0]!)
      const victim = await cluster.ownerOf(key)
      await victim.kill()
      await Promise.all([stage.during(1_000), cluster.settled()])
      await victim.restart({ data: 'empty' })
      await cluster.settled()
      return proven((await cluster.ownerOf(key)) !== victim, 'its replica has taken over')
    },
  },
  {
    name: 'slot migrating',
    how: 'eight slots with keys of the cache, one after another, key by key: ASK, then MOVED',
    topology: 'cluster',
    async play(stage) {
      const told = await during(stage, ['ASK', 'MOVED'], async () => {
        for (const name of writtenKeys.slice(0, 8)) await moveSlowly(stage, stage.key(name))
      })
      return proven(
        told.every((count) => count > 0),
        `commands met ASK ${told[0]} times, MOVED ${told[1]} times`,
      )
    },
  },
  {
    name: 'CLUSTERDOWN',
    how: 'a primary of a Cluster and its replica killed for 3 s: every command is refused',
    topology: 'cluster',
    async play(stage) {
      const { cluster } = stage
      const primary = await cluster.ownerOf(stage.key(readKeys[0]!))
      const replica = await cluster.replicaOf(primary)
      const [told] = await during(stage, ['CLUSTERDOWN'], async () => {
        await replica.kill()
        await primary.kill()
        await sleep(3_000)
      })
      await primary.restart({ data: 'empty' })
      await replica.restart({ data: 'empty' })
      await cluster.settled()
      return proven(told! > 0, `${told} commands met CLUSTERDOWN`)
    },
  },
  {
    name: 'Sentinel failover',
    how: 'SIGKILL of the primary; the Sentinels promote the replica, and it comes back as one',
    topology: 'sentinels',
    async play(stage) {
      const { sentinels } = stage
      const first = await sentinels.primary()
      await first.kill()
      await Promise.all([stage.during(1_000), sentinels.failedOverFrom(first)])
      await first.restart({ data: 'empty' })
      await sentinels.settled()
      return proven((await sentinels.primary()) !== first, 'the replica is the primary now')
    },
  },
]

/** Plays a fault under the traffic. Resolves with how often the nodes that live have answered with each of these errors meanwhile. */
async function during(stage: FaultStage, codes: readonly string[], play: () => Promise<void>): Promise<number[]> {
  const { nodes } = stage.cluster
  const count = async (code: string): Promise<ReadonlyMap<RedisServer, number>> => {
    const living = nodes.filter(({ isRunning }) => isRunning)
    return new Map(await Promise.all(living.map(async (node) => [node, await stage.refusals(code, node)] as const)))
  }
  const before = await Promise.all(codes.map(count))
  await Promise.all([play(), stage.during(3_000)])
  const after = await Promise.all(codes.map(count))
  return after.map((counts, at) =>
    [...counts].reduce((sum, [node, times]) => sum + times - (before[at]!.get(node) ?? 0), 0),
  )
}

/** Moves a key's slot to another primary, with time for the traffic on the way. */
async function moveSlowly({ cluster }: FaultStage, key: string): Promise<void> {
  const from = await cluster.ownerOf(key)
  const to = (await cluster.primaries()).find((node) => node !== from)!
  const move = await cluster.beginMove(await cluster.slotOf(key), to)
  await sleep(150)
  await move.keys(1)
  await sleep(250)
  await move.end()
}
