/** The directives of a `Cache-Control` field: names in lower case, the first of a name counts. `true` is one without a value. */
export type Directives = ReadonlyMap<string, string | true>

const none: Directives = new Map()

/**
 * A `Cache-Control` field. Quoted values may hold commas. A name that is followed by a space is another name, as the grammar has it.
 */
export function parseDirectives(field: string | null): Directives {
  if (field === null || field === '') return none
  const directives = new Map<string, string | true>()
  for (const part of splitOutsideQuotes(field)) {
    const at = part.indexOf('=')
    const name = (at < 0 ? part : part.slice(0, at)).toLowerCase()
    if (name === '' || directives.has(name)) continue
    directives.set(name, at < 0 ? true : unquoted(part.slice(at + 1)))
  }
  return directives
}

/** One member of a dictionary of structured fields (RFC 9651), up to its comma: key, value, parameters. */
const value = String.raw`(?:-?\d+(?:\.\d+)?|"(?:[^"\\]|\\["\\])*"|\?[01]|:[\w+/=]*:|[A-Za-z*][\w!#$%&'*+.^\x60|~:/-]*|\([^()]*\))`
const member = new RegExp(
  String.raw`[ \t]*([a-z*][a-z0-9_.*-]*)(?:=(${value}))?(?:; *[a-z*][a-z0-9_.*-]*(?:=${value})?)*[ \t]*(?:,|$)`,
  'iy',
)

/**
 * A targeted field such as `CDN-Cache-Control` (RFC 9213), a dictionary of structured fields. `undefined` when it is absent, or cannot be
 * parsed and must be ignored.
 */
export function parseTargeted(field: string | null): Directives | undefined {
  if (field === null) return undefined
  const directives = new Map<string, string | true>()
  member.lastIndex = 0
  while (member.lastIndex < field.length) {
    const match = member.exec(field)
    if (match === null) return undefined
    const [, key, text] = match
    const name = key!.toLowerCase()
    if (secondsNames.has(name) && !/^\d+$/.test(text ?? '')) return undefined
    if (text !== '?0') directives.set(name, text === undefined || text === '?1' ? true : unquoted(text))
  }
  return /,\s*$/.test(field) ? undefined : directives
}

const secondsNames: ReadonlySet<string> = new Set(['max-age', 's-maxage', 'stale-while-revalidate', 'stale-if-error'])

/**
 * The seconds of a directive. `undefined` when it is absent; 0 when it is no number, which is to be taken for stale. Numbers too large
 * to mean anything are 2³¹.
 */
export function seconds(directives: Directives, name: string): number | undefined {
  const value = directives.get(name)
  if (value === undefined) return undefined
  if (value === true || !/^\d+$/.test(value)) return 0
  return Math.min(Number(value), 2_147_483_648)
}

/** The header names that a qualified directive lists, such as `private="set-cookie"`; `undefined` when it has none. */
export function listed(directives: Directives, name: string): readonly string[] | undefined {
  const value = directives.get(name)
  if (typeof value !== 'string') return undefined
  return value.split(',').map((each) => each.trim().toLowerCase())
}

function splitOutsideQuotes(field: string): readonly string[] {
  if (!field.includes('"')) return field.split(',').map((part) => part.trimStart().trimEnd())
  return (field.match(/(?:"(?:\\.|[^"\\])*"?|[^,"])+/g) ?? []).map((part) => part.trim())
}

function unquoted(value: string): string {
  const inner = /^"((?:\\.|[^"\\])*)"$/.exec(value)
  return inner === null ? value : inner[1]!.replaceAll(/\\(.)/g, '$1')
}
