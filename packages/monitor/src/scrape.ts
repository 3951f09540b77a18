import { InvalidOptionError, type Cache } from '@holdfast/core'
import type { Snapshot } from './metric.ts'
import { serverInfo } from './sample.ts'

interface Member {
  readonly cache: Cache
  readonly asksServer: boolean
}

/** The caches that one registry tells of, with one look at each for all metrics of a scrape. */
export class Scrape {
  readonly #members = new Set<Member>()
  #looking: Promise<readonly (readonly [name: string, snapshot: Snapshot])[]> | undefined

  get isEmpty(): boolean {
    return this.#members.size === 0
  }

  /**
   * @returns takes them out again
   * @throws {InvalidOptionError} for two caches of one name, which no label would tell apart
   */
  add(caches: readonly Cache[], asksServer: boolean): () => void {
    const names = [...Array.from(this.#members, ({ cache }) => cache.name), ...caches.map(({ name }) => name)]
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined)
      throw new InvalidOptionError(
        `Expected each cache of a registry to have a name of its own, got ${JSON.stringify(twice)} twice: say \`name\` where you make them.`,
      )
    const added = caches.map((cache) => ({ cache, asksServer }))
    for (const member of added) this.#members.add(member)
    return () => {
      for (const member of added) this.#members.delete(member)
    }
  }

  look(): Promise<readonly (readonly [name: string, snapshot: Snapshot])[]> {
    // A registry asks all its metrics in one tick.
    this.#looking ??= Promise.all(Array.from(this.#members, snapshotOf)).finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }
}

async function snapshotOf({ cache, asksServer }: Member): Promise<readonly [string, Snapshot]> {
  const stats = cache.stats()
  return [cache.name, { stats, info: asksServer ? await serverInfo(cache, stats) : undefined }]
}
