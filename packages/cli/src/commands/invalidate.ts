import type { Cache, Written } from 'holdfast'
import { findRedis, withRedis, type RedisFlags } from '../connection.ts'
import { CliError, ExitCode } from '../exit-code.ts'
import type { Output } from '../output.ts'
import { command, type AppFlags } from '../status-page.ts'

export interface InvalidateFlags extends RedisFlags, AppFlags {
  readonly tag?: readonly string[]
  readonly key?: readonly string[]
  readonly pattern?: string
  readonly all?: boolean
}

/** Invalidates in Redis, heard by the memory of every process that runs; or through a running application with `--url`. */
export async function invalidate(flags: InvalidateFlags, output: Output): Promise<number> {
  const { tag: tags = [], key: keys = [], pattern, all = false } = flags
  const isPart = tags.length + keys.length > 0 || pattern !== undefined
  if (isPart === all)
    throw new CliError(ExitCode.usage, 'What is to be invalidated? Say --tag, --key or --pattern, or --all alone.')
  const done =
    flags.url === undefined
      ? await withRedis(findRedis(flags), ({ cache }) => inRedis(cache, flags))
      : ((await command(flags, all ? { action: 'clear' } : { action: 'invalidate', tags, keys, pattern })) as Done)
  const missed = Object.entries(done).filter(([, written]) => isWritten(written) && written.reached !== 'all')
  output.result(done, () =>
    missed.length === 0
      ? 'Invalidated, in Redis and in every process.'
      : `Redis was not reached for: ${missed.map(([what]) => what).join(', ')}.`,
  )
  return missed.length === 0 ? ExitCode.ok : ExitCode.no
}

type Done = Readonly<Record<string, unknown>>

async function inRedis(cache: Cache, { tag = [], key = [], pattern, all }: InvalidateFlags): Promise<Done> {
  if (all === true) return { action: 'clear', cleared: await cache.clear() }
  return {
    action: 'invalidate',
    ...(tag.length === 0 ? {} : { tags: await cache.invalidateTags(tag) }),
    ...(key.length === 0 ? {} : { keys: await cache.delete(key) }),
    ...(pattern === undefined ? {} : { pattern: await cache.invalidateMatching(pattern) }),
  }
}

function isWritten(value: unknown): value is Written {
  return typeof value === 'object' && value !== null && 'reached' in value
}
