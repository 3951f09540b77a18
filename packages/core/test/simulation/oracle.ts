import type { EventClock } from './event-clock.ts'
import type { Row } from './database.ts'

/** Something that must not happen. */
export interface Violation {
  readonly kind: 'local' | 'remote' | 'lasting' | 'hang' | 'counters' | 'left' | 'crash'
  readonly what: string
}

/** Which process had its session unbroken since when; see {@link Oracle.acknowledged}. */
export interface Reader {
  /** Changes when the session ends or a new one opens; `undefined` while none is open. */
  readonly session: unknown
}

/**
 * What each process may still be given. LOCAL: after its own invalidation was acknowledged, nothing older, ever. REMOTE: after
 * another's reached everything, nothing older once the announcement must have been delivered, or, to a process whose session
 * was broken, once `maxStaleness` is over.
 */
export class Oracle {
  readonly violations: Violation[] = []
  reads = 0
  invalidations = 0
  readonly #clock: EventClock
  readonly #readers: readonly Reader[]
  readonly #deliveryMs: number
  readonly #maxStalenessMs: number
  readonly #local: Map<string, number>[]
  readonly #remote: Map<string, number>[]

  constructor(
    clock: EventClock,
    readers: readonly Reader[],
    bounds: { readonly deliveryMs: number; readonly maxStalenessMs: number },
  ) {
    this.#clock = clock
    this.#readers = readers
    this.#deliveryMs = bounds.deliveryMs
    this.#maxStalenessMs = bounds.maxStalenessMs
    this.#local = readers.map(() => new Map<string, number>())
    this.#remote = readers.map(() => new Map<string, number>())
  }

  /** A process's invalidation of what was before these rows was acknowledged. */
  acknowledged(process: number, rows: readonly Row[], hasReachedAll: boolean): void {
    this.invalidations++
    raise(this.#local[process]!, rows)
    if (!hasReachedAll) return
    for (const [other, reader] of this.#readers.entries()) {
      if (other === process) continue
      const { session } = reader
      const floor = this.#remote[other]!
      if (session !== undefined && this.#deliveryMs < this.#maxStalenessMs)
        this.#clock.setTimer(() => reader.session === session && raise(floor, rows), this.#deliveryMs + 1)
      this.#clock.setTimer(() => raise(floor, rows), this.#maxStalenessMs + 1)
    }
  }

  /** A read begins: the result judges what it gave. */
  begin(process: number, keys: readonly string[], how: string): (rows: Iterable<Row | undefined>) => void {
    const startedAt = this.#clock.now()
    const floors = keys.map((key) => ({
      key,
      local: this.#local[process]!.get(key) ?? 0,
      remote: this.#remote[process]!.get(key) ?? 0,
    }))
    return (rows) => {
      this.reads += keys.length
      for (const row of rows) {
        const floor = row && floors.find(({ key }) => key === row.key)
        if (floor === undefined || row === undefined) continue
        const about = `${how} of ${row.key} by ${process} from ${startedAt} to ${this.#clock.now()} gave ${row.version}`
        if (row.version < floor.local)
          this.violations.push({ kind: 'local', what: `${about}, own floor ${floor.local}` })
        else if (row.version < floor.remote)
          this.violations.push({ kind: 'remote', what: `${about}, others' floor ${floor.remote}` })
      }
    }
  }

  /** At quiescence everything is as the database has it. */
  expectEqual(process: number, row: Row | undefined, version: number, how: string): void {
    if (row !== undefined && row.version !== version)
      this.violations.push({
        kind: 'lasting',
        what: `${how} of ${row.key} by ${process} gave ${row.version} at rest, the database has ${version}`,
      })
  }
}

function raise(floor: Map<string, number>, rows: readonly Row[]): void {
  for (const { key, version } of rows) floor.set(key, Math.max(floor.get(key) ?? 0, version))
}
