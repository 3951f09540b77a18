import type { InvalidationListener, Journalled } from '@holdfast/core'

/** What belongs to a node. */
export interface Part {
  hasKey(key: string): boolean
  hasTag(tag: string): boolean
  /** It keeps the epoch. */
  readonly isRoot: boolean
}

/**
 * The cache as the sessions with one node see it: of the journal they are given what their node has to do with, and what is for others
 * stays in it.
 */
export function listenerOf(
  listener: InvalidationListener,
  part: Part,
  told: Pick<InvalidationListener, 'gap' | 'state'>,
): InvalidationListener {
  const wholes = new Map<Journalled, Journalled>()
  return {
    ...told,
    heard: (what) => listener.heard(what),
    drain() {
      const whole = listener.drain()
      if (whole === undefined) return undefined
      const { mine, others } = split(whole, part)
      if (sizeOf(mine) === 0) {
        listener.restore(whole)
        return undefined
      }
      // What is under way is held as a whole until it is done: too much is refused to readers meanwhile, never too little.
      if (sizeOf(others) > 0) listener.restore(others)
      wholes.set(mine, whole)
      return mine
    },
    applied: (mine) => listener.applied(taken(mine)),
    restore: (mine) => listener.restore(taken(mine)),
  }

  function taken(mine: Journalled): Journalled {
    const whole = wholes.get(mine) ?? mine
    wholes.delete(mine)
    return whole
  }
}

function split(
  { keys, tags, all }: Journalled,
  part: Part,
): { readonly mine: Journalled; readonly others: Journalled } {
  const isMine = [keys.map((key) => part.hasKey(key)), tags.map((tag) => part.hasTag(tag))] as const
  const of = (wanted: boolean): Journalled => ({
    keys: keys.filter((_, index) => isMine[0][index] === wanted),
    tags: tags.filter((_, index) => isMine[1][index] === wanted),
    all: all && part.isRoot === wanted,
  })
  return { mine: of(true), others: of(false) }
}

function sizeOf({ keys, tags, all }: Journalled): number {
  return keys.length + tags.length + (all ? 1 : 0)
}
