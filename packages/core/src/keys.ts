import { show } from './duration.ts'
import { InvalidOptionError } from './errors.ts'

/** The longest key or tag, in bytes of UTF-8. */
const longestBytes = 16_384

/**
 * A user's key as the stores know it. Without a namespace, a first `@` or `~` is doubled (both mark what is not a user's
 * own key); within one, the key follows `@namespace:`.
 *
 * @throws {InvalidOptionError} when it is not a non-empty string of at most 16 KB, or has a lone surrogate
 */
export function wholeKey(namespace: string, key: string): string {
  checkName('key', key)
  return namespace === '' ? escapeName(key) : namespacePrefix(namespace) + key
}

/** Several of them, each once. @throws {InvalidOptionError} when they are no array, or one is no key */
export function wholeKeys(namespace: string, keys: readonly string[]): ReadonlySet<string> {
  if (!Array.isArray(keys)) {
    const given = show(keys)
    throw new InvalidOptionError(
      typeof keys === 'string'
        ? `Expected keys to be an array of strings, got ${given}. Write \`[${given}]\`, or call \`get\` for one key.`
        : `Expected keys to be a string or an array of strings, got ${given}.`,
    )
  }
  const whole = new Set<string>()
  for (const key of keys as readonly string[]) whole.add(wholeKey(namespace, key))
  return whole
}

/**
 * Entries with their whole keys.
 *
 * @throws {InvalidOptionError} when they are nothing to iterate over, or one is not a key with its value
 */
export function wholeEntries<V>(
  namespace: string,
  entries: Iterable<readonly [string, V]>,
): readonly (readonly [key: string, value: V])[] {
  const isIterable = typeof entries === 'object' && entries !== null && Symbol.iterator in entries
  if (!isIterable)
    throw new InvalidOptionError(
      `Expected entries to be a Map or an array of \`[key, value]\`, got ${show(entries)}.${typeof entries === 'object' && entries !== null ? ' Write `Object.entries(object)`.' : ''}`,
    )
  return Array.from(entries, (entry: unknown) => {
    if (Array.isArray(entry) && entry.length === 2) return [wholeKey(namespace, entry[0] as string), entry[1] as V]
    const got = Array.isArray(entry) ? `an array of ${entry.length}` : show(entry)
    throw new InvalidOptionError(
      `Expected each entry to be \`[key, value]\`, got ${got}. Options are said once, for all of them.`,
    )
  })
}

/** What every whole key of a namespace begins with. */
export function namespacePrefix(namespace: string): string {
  return namespace === '' ? '' : `@${namespace}:`
}

/** The user's key again, from a whole key of this namespace. */
export function userKey(namespace: string, whole: string): string {
  if (namespace !== '') return whole.slice(namespace.length + 2)
  return isMarked(whole) ? whole.slice(1) : whole
}

/** The namespace and the user's key of any whole key. */
export function splitKey(whole: string): { readonly namespace: string; readonly key: string } {
  const isNamespaced = isNamespaceTag(whole)
  const namespace = isNamespaced ? whole.slice(1, whole.indexOf(':')) : ''
  return { namespace, key: userKey(namespace, whole) }
}

/** A user's tag as the stores know it: a first `@` or `~` is doubled. */
export function wholeTag(tag: string): string {
  checkName('tag', tag)
  return escapeName(tag)
}

/** The user's tag again, from a whole tag. */
export function userTag(whole: string): string {
  return isMarked(whole) ? whole.slice(1) : whole
}

/** The tags that every entry of a namespace carries: one for it, and one for each that it is nested in. */
export function namespaceTags(namespace: string): readonly string[] {
  if (namespace === '') return []
  const parts = namespace.split('/')
  return parts.map((_, index) => `@${parts.slice(0, index + 1).join('/')}`)
}

/** Whether a whole tag is that of a namespace, and not a user's own. */
export function isNamespaceTag(tag: string): boolean {
  return tag.startsWith('@') && !tag.startsWith('@@')
}

/**
 * A user's glob as globs over whole keys: more than one where it begins with `?`, which stands for a first `@` and `~` too.
 *
 * @throws {InvalidOptionError} when it could not be a key
 */
export function wholePatterns(namespace: string, pattern: string): readonly string[] {
  checkName('pattern', pattern)
  if (namespace !== '') return [`@${namespace.replaceAll(/[*?\\]/g, String.raw`\$&`)}:${pattern}`]
  const rest = pattern.slice(1)
  if (pattern.startsWith('?')) return [pattern, `@@${rest}`, `~~${rest}`]
  // A first `@` or `~` may be escaped.
  return [pattern.startsWith('\\') && isMarked(rest) ? escapeName(rest) : escapeName(pattern)]
}

/**
 * Tells whether a name matches a glob: `*` is any run of characters, `?` any one, `\\` takes the next literally; all else is
 * itself. In time of the lengths' product at most: only the last `*` is ever tried again.
 */
export function globMatcher(pattern: string): (name: string) => boolean {
  const parts = parseGlob(pattern)
  return (name) => {
    const chars = Array.from(name)
    let [at, part, star, starAt] = [0, 0, -1, 0]
    while (at < chars.length) {
      const expected = parts[part]
      if (expected === anyRun) {
        star = part++
        starAt = at
      } else if (expected === anyOne || expected === chars[at]) {
        part++
        at++
      } else if (star >= 0) {
        part = star + 1
        at = ++starAt
      } else return false
    }
    while (parts[part] === anyRun) part++
    return part === parts.length
  }
}

const anyRun = Symbol('*')
const anyOne = Symbol('?')

function parseGlob(pattern: string): readonly (string | symbol)[] {
  const parts: (string | symbol)[] = []
  const chars = Array.from(pattern)
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i]!
    if (char === '\\' && i + 1 < chars.length) parts.push(chars[++i]!)
    else if (char === '?') parts.push(anyOne)
    else if (char !== '*') parts.push(char)
    else if (parts.at(-1) !== anyRun) parts.push(anyRun)
  }
  return parts
}

/** How deep namespaces may be nested: each level is a tag of its entries. */
const deepest = 32

/** @throws {InvalidOptionError} when it cannot be a namespace: empty, with `:`, or beginning with `@` or `~` */
export function checkNamespace(name: string): string {
  checkName('namespace', name)
  if (!name.includes(':') && !isMarked(name) && !name.split('/').includes('')) return name
  throw new InvalidOptionError(
    `Expected a namespace without ':', that does not begin with '@' or '~' and has no empty part between '/', got ${show(name)}.`,
  )
}

/** A namespace within another. @throws {InvalidOptionError} when it cannot be one, or is too deep */
export function nestedNamespace(outer: string, name: string): string {
  const inner = outer === '' ? checkNamespace(name) : `${outer}/${checkNamespace(name)}`
  if (inner.split('/').length <= deepest) return inner
  throw new InvalidOptionError(`Expected namespaces to be nested at most ${deepest} deep, got ${show(inner)}.`)
}

function escapeName(name: string): string {
  return isMarked(name) ? name[0] + name : name
}

/** Whether a name begins as what is not a user's own does. */
export function isMarked(name: string): boolean {
  const first = name.charCodeAt(0)
  return first === 64 || first === 126
}

function checkName(what: string, name: string): void {
  if (typeof name !== 'string' || name === '') {
    throw new InvalidOptionError(`Expected a ${what} to be a non-empty string, got ${show(name)}.`)
  }
  if (name.length * 3 > longestBytes && Buffer.byteLength(name) > longestBytes) {
    throw new InvalidOptionError(
      `Expected a ${what} of at most 16 KB, got ${Buffer.byteLength(name)} bytes: ${show(name)}.`,
    )
  }
  if (!name.isWellFormed()) {
    throw new InvalidOptionError(
      `Expected a ${what} without lone surrogates, which UTF-8 cannot hold, got ${show(name)}.`,
    )
  }
}
