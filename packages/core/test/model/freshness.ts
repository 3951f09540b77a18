/** A version of a key, as the database had it. */
export interface Version {
  readonly key: string
  readonly version: number
}

/**
 * What two processes may still be given (P3), as simply as it can be said: a process nothing older than what it invalidated itself;
 * every connected one nothing older than what was invalidated everywhere; one that is cut off, until `maxStaleness` is over.
 */
export class Freshness {
  now = 0
  readonly database = new Map<string, number>()
  readonly #floors = [new Map<string, number>(), new Map<string, number>()]
  readonly #due: { readonly at: number; readonly process: number; readonly versions: readonly Version[] }[] = []
  readonly isCut = [false, false]
  readonly #queued: Version[][] = [[], []]
  readonly #maxStalenessMs: number

  constructor(maxStalenessMs: number) {
    this.#maxStalenessMs = maxStalenessMs
  }

  version(key: string): number {
    return this.database.get(key) ?? 0
  }

  write(keys: readonly string[]): readonly Version[] {
    for (const key of keys) this.database.set(key, this.version(key) + 1)
    return keys.map((key) => ({ key, version: this.version(key) }))
  }

  invalidated(process: number, versions: readonly Version[], isQueued: boolean): void {
    this.#raise(process, versions)
    if (isQueued) this.#queued[process]!.push(...versions)
    else this.#announced(1 - process, versions)
  }

  mended(process: number): void {
    this.isCut[process] = false
    const due = this.#due.filter((each) => each.process === process)
    for (const { versions } of due) this.#raise(process, versions)
    this.#announced(1 - process, this.#queued[process]!.splice(0))
  }

  /** The oldest version that a process may be given. */
  floor(process: number, key: string): number {
    for (const { at, process: whose, versions } of this.#due) if (this.now >= at) this.#raise(whose, versions)
    return this.#floors[process]!.get(key) ?? 0
  }

  #announced(process: number, versions: readonly Version[]): void {
    if (this.isCut[process]) this.#due.push({ at: this.now + this.#maxStalenessMs, process, versions })
    else this.#raise(process, versions)
  }

  #raise(process: number, versions: readonly Version[]): void {
    const floors = this.#floors[process]!
    for (const { key, version } of versions) floors.set(key, Math.max(floors.get(key) ?? 0, version))
  }
}
