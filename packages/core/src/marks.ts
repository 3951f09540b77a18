import { ChurnMap } from './churn-map.ts'

/** A command under way that may store something under a key. Dirty once the key was invalidated: then nothing is kept. */
export interface Mark {
  readonly isDirty: boolean
}

/** A mark that stands in the table. */
export class OwnMark implements Mark {
  isDirty = false
}

/** The marks of all commands under way, by key (PROTOCOL "in-flight marks": an invalidation between a command and its reply). */
export class Marks {
  readonly #byKey = new ChurnMap<OwnMark | OwnMark[]>()

  /** Marks a key. To be ended with {@link end}, whatever becomes of the command. */
  begin(key: string): OwnMark {
    const mark = new OwnMark()
    const there = this.#byKey.get(key)
    if (there === undefined) this.#byKey.set(key, mark)
    else if (Array.isArray(there)) there.push(mark)
    else this.#byKey.set(key, [there, mark])
    return mark
  }

  end(key: string, mark: OwnMark): void {
    if (this.#byKey.remove(key, mark)) return
    const there = this.#byKey.get(key)
    if (Array.isArray(there)) {
      const index = there.indexOf(mark)
      if (index >= 0) there.splice(index, 1)
      if (there.length === 0) this.#byKey.delete(key)
    }
  }

  dirty(key: string): void {
    const there = this.#byKey.get(key)
    if (there === undefined) return
    if (Array.isArray(there)) for (const mark of there) mark.isDirty = true
    else there.isDirty = true
  }

  dirtyWhere(matches: (key: string) => boolean): void {
    for (const key of this.#byKey.keys()) if (matches(key)) this.dirty(key)
  }

  get size(): number {
    return this.#byKey.size
  }
}
