import type { Cache, Namespace } from 'holdfast'
import { CliError, ExitCode } from './exit-code.ts'

/** A key that somebody named on the command line. */
export interface NamedKey {
  /** `undefined`: of the cache itself. */
  readonly namespace: string | undefined
  /** As the application says it. */
  readonly key: string
  /** As `keys` prints it: what follows the prefix in Redis. */
  readonly whole: string
}

/**
 * The key that an argument stands for: a whole key, as `keys` prints it, or with `--namespace` one of its keys as the application says it.
 *
 * @throws {CliError} when it looks like a whole key and is none, or like one where it should not
 */
export function parseKey(text: string, namespace: string | undefined): NamedKey {
  if (namespace !== undefined) {
    const whole = `@${namespace}:${text}`
    if (!text.startsWith(`@${namespace}:`)) return { namespace, key: text, whole }
    throw new CliError(ExitCode.usage, `${quote(text)} names its namespace already: leave out --namespace.`)
  }
  if (/^(?:@@|~~)/.test(text)) return { namespace, key: text.slice(1), whole: text }
  if (text.startsWith('~')) throw new CliError(ExitCode.usage, `${quote(text)} is no key of an entry. ${doubled(text)}`)
  if (!text.startsWith('@')) return { namespace, key: text, whole: text }
  const [, inner, key] = /^@([^:]+):(.+)$/s.exec(text) ?? []
  if (inner !== undefined && key !== undefined) return { namespace: inner, key, whole: text }
  throw new CliError(ExitCode.usage, `${quote(text)} is no key: one of a namespace is @namespace:key. ${doubled(text)}`)
}

/** The application's tag, from one whose first `@` or `~` is doubled. @throws {CliError} when it is not */
export function parseTag(text: string): string {
  if (/^(?:@@|~~)/.test(text)) return text.slice(1)
  if (!/^[@~]/.test(text)) return text
  const instead = text.startsWith('@')
    ? ` To clear a namespace, say --namespace ${text.slice(1) || '<name>'} --all.`
    : ''
  throw new CliError(ExitCode.usage, `${quote(text)} is no tag of an application.${instead} ${doubled(text)}`)
}

/** A glob that somebody named on the command line, as `invalidateMatching` takes it. */
export interface NamedPattern {
  /** `undefined`: of the cache itself. */
  readonly namespace: string | undefined
  readonly pattern: string
}

/**
 * What a glob over whole keys stands for, or with `--namespace` one over its own.
 *
 * @throws {CliError} when it can match nothing but bookkeeping
 */
export function parsePattern(glob: string, namespace: string | undefined): NamedPattern {
  if (namespace !== undefined) return { namespace, pattern: glob }
  if (/^(?:@@|~~)/.test(glob)) return { namespace, pattern: glob.slice(1) }
  if (glob.startsWith('~'))
    throw new CliError(ExitCode.usage, `${quote(glob)} matches no key of an entry. ${doubled(glob)}`)
  const [, inner, pattern] = /^@([^:*?\\]+):(.+)$/s.exec(glob) ?? []
  if (inner !== undefined && pattern !== undefined) return { namespace: inner, pattern }
  // Of several namespaces. The cache takes a first `@` for one of the application's own: any character there is hardly too much.
  return { namespace, pattern: glob.replace(/^@/, '?') }
}

/** The part of a cache that keys of a namespace are said to. */
export function viewOf(cache: Cache, namespace: string | undefined): Namespace {
  return namespace === undefined ? cache : cache.namespace(namespace)
}

function doubled(text: string): string {
  return `(A name of the application that begins with ${text[0]} is written ${quote(text[0] + text)}.)`
}

function quote(text: string): string {
  return JSON.stringify(text)
}
