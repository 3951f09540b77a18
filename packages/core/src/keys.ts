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

/** What every whole key of a namespace begins with. */
export function namespacePrefix(namespace: string): string {
  return namespace === '' ? '' : `@${namespace}:`
}

/** The user's key again, from a whole key of this namespace. */
export function userKey(namespace: string, whole: string): string {
  if (namespace !== '') return whole.slice(namespace.length + 2)
  return isMarked(whole) ? whole.slice(1) : whole
}

/** A user's tag as the stores know it: a first `@` or `~` is doubled. */
export function wholeTag(tag: string): string {
  checkName('tag', tag)
  return escapeName(tag)
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

/** A user's glob as a glob over whole keys. */
export function wholePattern(namespace: string, pattern: string): string {
  checkName('pattern', pattern)
  if (namespace === '') return escapeName(pattern)
  return `@${namespace.replaceAll(/[*?\\]/g, String.raw`\$&`)}:${pattern}`
}

/**
 * Tells whether a name matches a glob: `*` is any run of characters, `?` any one, `\` takes the next literally; all else is
 * itself. Linear in practice: runs of `*` are one.
 */
export function globMatcher(pattern: string): (name: string) => boolean {
  let source = ''
  const glob = pattern.replaceAll(/(?<!\\)\*+/g, '*')
  for (let i = 0; i < glob.length; i++) {
    const char = glob[i]!
    if (char === '*') source += '.*'
    else if (char === '?') source += '.'
    else source += literal(char === '\\' && i + 1 < glob.length ? glob[++i]! : char)
  }
  const matcher = new RegExp(`^${source}$`, 'su')
  return (name) => matcher.test(name)
}

/** @throws {InvalidOptionError} when it cannot be a namespace: empty, with `:`, or beginning with `@` or `~` */
export function checkNamespace(name: string): string {
  checkName('namespace', name)
  if (!name.includes(':') && !isMarked(name) && !name.startsWith('/') && !name.endsWith('/') && !name.includes('//'))
    return name
  throw new InvalidOptionError(
    `Expected a namespace without ':', that does not begin with '@' or '~' and has no empty part between '/', got ${show(name)}.`,
  )
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
  if (/\p{Surrogate}/u.test(name)) {
    throw new InvalidOptionError(
      `Expected a ${what} without lone surrogates, which UTF-8 cannot hold, got ${show(name)}.`,
    )
  }
}

function literal(char: string): string {
  return /[\^$\\.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char
}
