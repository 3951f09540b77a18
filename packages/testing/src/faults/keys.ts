/** Keys that are read and never written: they tell the hit ratio. */
export const readKeys: readonly string[] = family('read', 80)
/** Keys that are written and deleted, each by one call at a time. */
export const writtenKeys: readonly string[] = family('written', 24)
/** Keys whose values carry a tag, of four tags. */
export const taggedKeys: readonly string[] = family('tagged', 24)
/** The key whose value is larger than a cache should store. */
export const hugeKey = 'huge:0'

export const allKeys: readonly string[] = [...readKeys, ...writtenKeys, ...taggedKeys]

export const tags: readonly string[] = ['tag:0', 'tag:1', 'tag:2', 'tag:3']

export function keysOfTag(tag: string): readonly string[] {
  return taggedKeys.filter((_, at) => tags[at % tags.length] === tag)
}

export function tagOf(key: string): string {
  return tags[taggedKeys.indexOf(key) % tags.length]!
}

function family(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `${name}:${at}`)
}
