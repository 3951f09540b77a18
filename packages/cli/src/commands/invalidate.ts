import type { Cache, Written } from 'holdfast'
import { findRedis, showPrefix, withRedis, type RedisFlags } from '../connection.ts'
import { CliError, ExitCode } from '../exit-code.ts'
import { parseKey, parsePattern, parseTag, viewOf, type NamedPattern } from '../named-key.ts'
import type { Output } from '../output.ts'
import { command, type AppFlags } from '../status-page.ts'

export interface InvalidateFlags extends RedisFlags, AppFlags {
  readonly tag?: readonly string[]
  readonly key?: readonly string[]
  readonly pattern?: string
  readonly namespace?: string
  readonly all?: boolean
}

/** Invalidates in Redis, heard by the memory of every process that runs; or through a running application with `--url`. */
export async function invalidate(flags: InvalidateFlags, bare: readonly string[], output: Output): Promise<number> {
  if (bare[0] !== undefined)
    throw new CliError(
      ExitCode.usage,
      `Is ${JSON.stringify(bare[0])} a key, a tag or a glob? Say --key ${bare[0]}, --tag ${bare[0]} or --pattern '${bare[0]}'.`,
    )
  const orders = ordersOf(flags)
  const answers: Done[] = []
  let where = ''
  if (flags.url === undefined) {
    const place = findRedis(flags)
    where = ` under ${showPrefix(place)}`
    await withRedis(place, async ({ cache }) => {
      const absent = await absentAmong(cache, flags)
      for (const order of orders) answers.push(await inRedis(cache, order))
      if (absent.length > 0) output.note(`Nothing stood in Redis under: ${absent.join(', ')}.`)
    })
  } else for (const order of orders) answers.push(await command(flags, order))
  const done = together(answers)
  const missed = Object.entries(done).filter(([, written]) => isWritten(written) && written.reached !== 'all')
  output.result(done, () =>
    missed.length === 0
      ? `Invalidated${where}, in Redis and in every process.`
      : `Redis was not reached for: ${missed.map(([what]) => what).join(', ')}.`,
  )
  return missed.length === 0 ? ExitCode.ok : ExitCode.no
}

type Done = Readonly<Record<string, unknown>>

/** What is to be done in the cache itself or in one namespace, as the status route takes it. */
type Order =
  | { readonly action: 'clear'; readonly namespace?: string }
  | {
      readonly action: 'invalidate'
      readonly namespace?: string
      readonly tags?: readonly string[]
      readonly keys?: readonly string[]
      readonly pattern?: string
    }

function ordersOf({ tag = [], key = [], pattern, namespace, all = false }: InvalidateFlags): readonly Order[] {
  if (tag.length + key.length > 0 || pattern !== undefined ? all : !all)
    throw new CliError(ExitCode.usage, 'What is to be invalidated? Say --tag, --key or --pattern, or --all alone.')
  if (tag.length > 0 && namespace !== undefined)
    throw new CliError(ExitCode.usage, 'A tag reaches into every namespace: say --tag without --namespace.')
  if (all) return [{ action: 'clear', ...within(namespace) }]
  const keysOf = new Map<string | undefined, string[]>()
  for (const text of key) {
    const named = parseKey(text, namespace)
    keysOf.set(named.namespace, [...(keysOf.get(named.namespace) ?? []), named.key])
  }
  return [
    ...(tag.length === 0 ? [] : [{ action: 'invalidate', tags: tag.map(parseTag) } as const]),
    ...Array.from(keysOf, ([of, keys]) => ({ action: 'invalidate', ...within(of), keys }) as const),
    ...(pattern === undefined ? [] : [ofPattern(parsePattern(pattern, namespace))]),
  ]
}

function ofPattern({ namespace, pattern }: NamedPattern): Order {
  return { action: 'invalidate', ...within(namespace), pattern }
}

function within(namespace: string | undefined): { readonly namespace?: string } {
  return namespace === undefined ? {} : { namespace }
}

async function inRedis(cache: Cache, order: Order): Promise<Done> {
  const view = viewOf(cache, order.namespace)
  if (order.action === 'clear') return { action: 'clear', cleared: await view.clear() }
  const { tags, keys, pattern } = order
  return {
    action: 'invalidate',
    ...(tags === undefined ? {} : { tags: await view.invalidateTags(tags) }),
    ...(keys === undefined ? {} : { keys: await view.delete(keys) }),
    ...(pattern === undefined ? {} : { pattern: await view.invalidateMatching(pattern) }),
  }
}

/** The keys under which there is nothing to end, which may be spelt wrong. Read together, in one round trip. */
async function absentAmong(cache: Cache, { key = [], namespace }: InvalidateFlags): Promise<readonly string[]> {
  const inspected = await Promise.all(
    key.map(async (text) => {
      const named = parseKey(text, namespace)
      return [text, await viewOf(cache, named.namespace).inspect(named.key)] as const
    }),
  )
  return inspected.flatMap(([text, { remoteMiss }]) => (remoteMiss === 'nothing is stored' ? [text] : []))
}

/** Several answers as one, in which what did not reach Redis stands in for what did. */
function together(answers: readonly Done[]): Done {
  const done: Record<string, unknown> = {}
  for (const answer of answers)
    for (const [what, value] of Object.entries(answer)) {
      const before = done[what]
      if (!(isWritten(before) && before.reached !== 'all')) done[what] = value
    }
  return done
}

function isWritten(value: unknown): value is Written {
  return typeof value === 'object' && value !== null && 'reached' in value
}
