import { onTestFinished, vi } from 'vitest'
import { createCache, msgpack, redisStore, withBreaker, type BatteryOptions, type Cache } from '../src/index.ts'
import {
  createCacheHandler,
  createIsrCacheHandler,
  type IsrHandlerClass,
  type UseCacheEntry,
  type UseCacheHandler,
} from '../src/next.ts'

/** The handlers as a server of its own has them, connected. */
export async function nextServer(url: string, options: BatteryOptions = {}): Promise<ServerParts> {
  // What is slow here is the machine: no test is about the deadline.
  const remote = withBreaker(redisStore(url))
  const cache = createCache({ remote, serializer: msgpack(), remoteTimeout: '10s', ...options })
  onTestFinished(() => cache.close())
  const handler = createCacheHandler({ cache })
  const Isr = createIsrCacheHandler({ cache, buildId: 'build' })
  await vi.waitFor(() => cache.ping(), { timeout: 10_000, interval: 20 })
  await handler.get('first look', [])
  return { cache, handler, Isr, isr: new Isr({}) }
}

export interface ServerParts {
  readonly cache: Cache
  readonly handler: UseCacheHandler
  readonly Isr: IsrHandlerClass
  readonly isr: InstanceType<IsrHandlerClass>
}

/** Now, as Next dates its entries. */
export function nextNow(): number {
  return performance.timeOrigin + performance.now()
}

/** An entry of `'use cache'` whose making began now. */
export function useEntry(text: string, over: Partial<UseCacheEntry> = {}): UseCacheEntry {
  const value = new Blob([text]).stream() as ReadableStream<Uint8Array>
  return { value, tags: [], timestamp: nextNow(), stale: 30, revalidate: 900, expire: 3600, ...over }
}

export async function textOf(entry: UseCacheEntry | undefined): Promise<string | undefined> {
  return entry && new Response(entry.value).text()
}

/** As Next does: looks, and makes it where there is nothing. */
export async function use(
  handler: UseCacheHandler,
  key: string,
  make: () => string,
  { softTags = [], tags = [] }: { softTags?: string[]; tags?: string[] } = {},
): Promise<string> {
  const found = await textOf(await handler.get(key, softTags))
  if (found !== undefined) return found
  const text = make()
  await handler.set(key, Promise.resolve(useEntry(text, { tags })))
  return text
}
