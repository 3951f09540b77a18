import type { Written } from '@holdfast/core'
import type { Member, Row } from './member.ts'
import { Violation, type Oracle } from './oracle.ts'
import type { World } from '@holdfast/testing/simulation'

type Random = World['random']

/** What a workload prefers. */
export interface Habits {
  /** The keys in use: a few, so that they meet. */
  readonly keys: readonly string[]
  /** For how long things are done, in milliseconds. */
  readonly runMs: number
  /** The longest pause in between, in milliseconds. */
  readonly pauseMs: number
  /** The share of changes among all that is done. */
  readonly changes: number
  /** The share of clears among changes. */
  readonly clears: number
  /** The longest that a load takes, in milliseconds. */
  readonly loadMs: number
  /** The longest that a step to the database and back takes, in milliseconds. */
  readonly databaseMs: number
}

export interface WorkloadGround {
  readonly world: World
  readonly members: readonly Member[]
  /** The database: the version of each key. */
  readonly versions: Map<string, number>
  readonly oracle: Oracle
  readonly habits: Habits
  /** How long another process's invalidation may be missed, in milliseconds. */
  readonly limitMs: number
}

/** A key that one fiber of one member alone writes, so that a plain `set` is in the order of the database. */
export const ownedKey = 'owned'

/** No read takes longer, whatever happens: a load elsewhere is not waited for until the timeout of a read, which is 30 s. */
const mostPatienceMs = 14_000

/** Tags that are given with the call. */
export function tagsOf(key: string): readonly string[] {
  return key === 'b' ? ['t'] : []
}

/** Tags that only the loaded value tells. */
export function toldTagsOf(key: string): readonly string[] {
  return key === 'c' ? ['t'] : []
}

/** What processes do with their caches, each step judged. */
export class Workload {
  readonly #ground: WorkloadGround

  constructor(ground: WorkloadGround) {
    this.#ground = ground
  }

  /** One of the things that go on at once in a process. */
  async run(member: Member, fiber: number, random: Random): Promise<void> {
    const { habits, world } = this.#ground
    if (fiber === 0) for (const key of habits.keys) await this.read(member, key, random)
    const until = world.now + habits.runMs
    while (world.now < until) {
      await member.pause(random.chance(0.4) ? random.next() * 4 : random.next() * habits.pauseMs)
      if (!random.chance(habits.changes)) {
        await this.read(member, random.pick(habits.keys), random)
        continue
      }
      const changed =
        habits.keys.includes(ownedKey) && member.index === 0 && fiber === 0 && random.chance(0.8)
          ? await this.#set(member, random)
          : await this.#change(member, random)
      await this.read(member, random.pick(changed), random)
    }
  }

  /** Reads on for a while: what was missed shows when all is back. */
  async readOn(member: Member, random: Random): Promise<void> {
    for (let reads = 0; reads < 8; reads++) {
      await member.pause(random.next() * 60)
      await this.read(member, random.pick(this.#ground.habits.keys), random)
    }
  }

  async read(member: Member, key: string, random: Random): Promise<void> {
    const { world, oracle, limitMs } = this.#ground
    const begun = oracle.begin(world.now)
    const row = await this.#ask(member, key, random)
    if (world.now - begun.at > mostPatienceMs)
      throw new Violation(`LATE read of ${key} by ${member.index}, begun at ${begun.at.toFixed(1)}`)
    if (row === undefined) return
    oracle.judge({ member: member.index, key, version: row.version, begun, limitMs })
  }

  #ask(member: Member, key: string, random: Random): Promise<Row | undefined> {
    const { cache } = member
    const kind = random.next()
    if (kind < 0.1) return cache.get(key)
    if (kind < 0.2) return cache.get(key, { skipMemory: true })
    const tags = toldTagsOf(key).length > 0 ? () => toldTagsOf(key) : tagsOf(key)
    return cache.getOrSet(key, () => this.#load(member, key, random), { tags })
  }

  async #load(member: Member, key: string, random: Random): Promise<Row> {
    const { versions, habits } = this.#ground
    await member.wait(this.#delay(random))
    const version = versions.get(key)!
    await member.wait(random.chance(0.4) ? random.next() * habits.loadMs : this.#delay(random))
    return { key, version }
  }

  async #set(member: Member, random: Random): Promise<readonly string[]> {
    const raised = this.#raise([ownedKey])
    const row = { key: ownedKey, version: raised.get(ownedKey)! }
    await member.pause(this.#delay(random))
    const written = await (random.chance(0.6) ? member.cache.set(ownedKey, row) : member.cache.delete(ownedKey))
    this.#acknowledge(member, raised, written)
    return [ownedKey]
  }

  async #change(member: Member, random: Random): Promise<readonly string[]> {
    const { habits } = this.#ground
    const { cache } = member
    const keys = habits.keys.filter((key) => key !== ownedKey)
    const key = random.pick(keys)
    if (random.chance(habits.clears)) return this.#invalidate(member, keys, random, () => cache.clear())
    const kind = random.next()
    if (kind < 0.15) return this.#update(member, key, random)
    if (kind < 0.25) return this.#invalidate(member, keys, random, () => cache.invalidateMatching('*'))
    const tagged = keys.filter((each) => tagsOf(each).length + toldTagsOf(each).length > 0)
    if (kind < 0.55 && tagged.length > 0)
      return this.#invalidate(member, tagged, random, () => cache.invalidateTags('t'))
    return this.#invalidate(member, [key], random, () => cache.delete(key))
  }

  async #invalidate(
    member: Member,
    keys: readonly string[],
    random: Random,
    invalidate: () => Promise<Written>,
  ): Promise<readonly string[]> {
    const raised = this.#raise(keys)
    await member.wait(this.#delay(random))
    this.#acknowledge(member, raised, await invalidate())
    return keys
  }

  async #update(member: Member, key: string, random: Random): Promise<readonly string[]> {
    let raised = new Map<string, number>()
    const make = async (): Promise<Row> => {
      await member.wait(this.#delay(random))
      raised = this.#raise([key])
      await member.wait(this.#delay(random))
      return { key, version: raised.get(key)! }
    }
    const tags = toldTagsOf(key).length > 0 ? () => toldTagsOf(key) : tagsOf(key)
    const written = await member.cache.update(key, make, { tags })
    this.#acknowledge(member, raised, written)
    return [key]
  }

  #raise(keys: readonly string[]): Map<string, number> {
    const { versions } = this.#ground
    for (const key of keys) versions.set(key, versions.get(key)! + 1)
    return new Map(keys.map((key) => [key, versions.get(key)!]))
  }

  #acknowledge(member: Member, raised: ReadonlyMap<string, number>, written: Written): void {
    const { oracle, world } = this.#ground
    oracle.acknowledged(member.index, raised, world.now, written.reached === 'all' && !written.queued)
  }

  #delay(random: Random): number {
    const { databaseMs } = this.#ground.habits
    return random.next() * (random.chance(0.8) ? databaseMs / 10 : databaseMs)
  }
}
