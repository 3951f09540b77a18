import { randomInt } from 'node:crypto'

/** How many tags a part tells apart. Older ones raise the floor. */
const mostTags = 1_000

/** Up to where a part was known: its life, and how many revalidations it had counted. */
export interface Version {
  readonly life: number
  readonly count: number
}

/** Which of some tags were revalidated, and in which order: each revalidation has a number, counted from the beginning of the part's life. */
export interface MemoPart extends Version {
  /** The number of the last revalidation of each tag, the most recent first. */
  readonly tags: ReadonlyMap<string, number>
  /** The highest number of a tag that was dropped; that of each tag which is not there. */
  readonly floor: number
}

/** A part that begins a life: nothing from before it is believed. */
export function newPart(): MemoPart {
  return { life: randomInt(2 ** 47), count: 0, tags: new Map(), floor: 0 }
}

/** The part after one more revalidation. */
export function withTags(part: MemoPart, revalidated: Iterable<string>): MemoPart {
  const count = part.count + 1
  const all = new Map<string, number>()
  for (const tag of revalidated) all.set(tag, count)
  for (const [tag, number] of part.tags) if (!all.has(tag)) all.set(tag, number)
  const tags = new Map([...all].slice(0, mostTags))
  const floor = Math.max(part.floor, ...[...all.values()].slice(mostTags))
  return { life: part.life, count, tags, floor }
}

/** Whether none of these tags was revalidated after a version was seen. */
export function isSince(seen: Version, part: MemoPart, tags: readonly string[]): boolean {
  return seen.life === part.life && tags.every((tag) => (part.tags.get(tag) ?? part.floor) <= seen.count)
}
