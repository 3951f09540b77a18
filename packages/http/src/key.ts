import { hash } from 'node:crypto'

/**
 * The part of a URL that keys agree on: the text as it came, byte for byte, so that `//`, `;`, `%2F` and dots never make two resources
 * one; only the order of parameters is sorted away, and only where no parser can see a difference by it.
 */
export function urlKey(url: string): string {
  const at = url.indexOf('?')
  if (at < 0) return bounded(url)
  return bounded(`${url.slice(0, at)}?${sortedQuery(url.slice(at + 1))}`)
}

/**
 * Parameters sorted by their names; those of one name keep their order. Names that a parser may understand in another way (brackets,
 * dots, encoded characters, `;`), or an empty one, leave the query as it is: sorting would change which of two that mean the same comes last.
 */
function sortedQuery(query: string): string {
  if (!query.includes('&') || /[;#]/.test(query)) return query
  const parts = query.split('&')
  const names: string[] = []
  let isSorted = true
  for (const part of parts) {
    const at = part.indexOf('=')
    const name = (at < 0 ? part : part.slice(0, at)).toLowerCase()
    if (!/^[a-z0-9_-]+$/.test(name)) return query
    if (names.length > 0 && name < names.at(-1)!) isSorted = false
    names.push(name)
  }
  if (isSorted) return query
  return parts
    .map((part, i) => ({ part, name: names[i]! }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ part }) => part)
    .join('&')
}

/** A key that a cache takes, whatever its length. */
export function bounded(key: string): string {
  return key.length <= 2_000 ? key : `${key.slice(0, 200)} ${hash('sha256', key, 'base64url')}`
}
