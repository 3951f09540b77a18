/** What a `POST` to the status route asks for. */
export type StatusCommand =
  | { readonly type: 'clear'; readonly namespace: string | undefined }
  | {
      readonly type: 'invalidate'
      /** Whose keys they are, and the pattern is over; tags reach into all. */
      readonly namespace: string | undefined
      readonly tags: readonly string[]
      readonly keys: readonly string[]
      readonly pattern: string | undefined
    }
  | { readonly type: 'warm'; readonly isForced: boolean; readonly isAwaited: boolean }
  | { readonly type: 'none'; readonly why: string }

const longestBody = 65_536

/** The command of a JSON body, or why there is none. */
export function parseCommand(body: string): StatusCommand {
  if (body.length > longestBody) return { type: 'none', why: 'The body is too long.' }
  const asked = parseObject(body)
  if (asked?.['action'] === 'warm') return parseWarm(asked)
  const namespace = asked?.['namespace']
  if (!(namespace === undefined || typeof namespace === 'string'))
    return { type: 'none', why: 'Expected `namespace` to be the name of one.' }
  if (asked?.['action'] === 'clear') return { type: 'clear', namespace }
  if (asked?.['action'] === 'invalidate') return parseInvalidate(asked, namespace)
  return { type: 'none', why: 'Expected a JSON object with `action`: "invalidate", "clear" or "warm".' }
}

function parseWarm({ force = false, wait = true }: Record<string, unknown>): StatusCommand {
  if (typeof force !== 'boolean' || typeof wait !== 'boolean')
    return { type: 'none', why: 'Expected `force` and `wait` to be true or false.' }
  return { type: 'warm', isForced: force, isAwaited: wait }
}

function parseInvalidate(
  { tags = [], keys = [], pattern }: Record<string, unknown>,
  namespace: string | undefined,
): StatusCommand {
  if (!isNames(tags) || !isNames(keys) || !(pattern === undefined || (typeof pattern === 'string' && pattern !== '')))
    return { type: 'none', why: 'Expected `tags` and `keys` to be arrays of names, and `pattern` to be a glob.' }
  if (tags.length + keys.length === 0 && pattern === undefined)
    return { type: 'none', why: 'Expected `tags`, `keys` or `pattern` to say what to invalidate.' }
  return { type: 'invalidate', namespace, tags, keys, pattern }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')
}
