import type { Cache, CacheDescription, RemoteInfo } from '@holdfast/core'
import { checkCache } from './check-cache.ts'
import { serverInfo } from './sample.ts'

/** Whether a cache works. */
export interface Health {
  /** `degraded`: the application works, with less than it was given. `unhealthy`: nothing is cached. */
  readonly status: 'healthy' | 'degraded' | 'unhealthy'
  /** The cache's name. */
  readonly cache: string
  /** The remote store answered, did not, or there is none. */
  readonly remote: 'ready' | 'away' | 'none'
  /** There is a remote store, and memory carries on without it. */
  readonly isFallback: boolean
  /** A round trip to the remote store, in milliseconds; `undefined` when there was none. */
  readonly latencyMs: number | undefined
  /** Why it is not healthy, each as a sentence. */
  readonly problems: readonly string[]
}

/** Asks the remote store, within the deadline of every call. Rejects for what is no cache, and for nothing else. */
export async function health(cache: Cache): Promise<Health> {
  checkCache(cache)
  const { name } = cache
  if (await isClosed(cache))
    return judged(name, 'unhealthy', { remote: 'none', isFallback: false, problems: ['The cache is closed.'] })
  const latencyMs = await cache.ping().then(
    (ms) => ms,
    () => undefined,
  )
  const info = latencyMs === undefined ? undefined : await serverInfo(cache, cache.stats())
  return { ...judge(cache.describe(), latencyMs, info), latencyMs }
}

function judge(description: CacheDescription, latencyMs: number | undefined, info: RemoteInfo | undefined): Health {
  const { name, memory, remote } = description
  if (remote === undefined) {
    const problems = memory ? [] : ['There is neither memory nor a remote store.']
    return judged(name, memory ? 'healthy' : 'unhealthy', { remote: 'none', isFallback: false, problems })
  }
  if (latencyMs === undefined) {
    const problems = [`The remote store does not answer (${remote.name}).`]
    return judged(name, memory ? 'degraded' : 'unhealthy', { remote: 'away', isFallback: memory, problems })
  }
  const problems = [
    ...(remote.coherence === 'max-staleness' && memory
      ? ['Invalidations of other processes are not heard: memory is only as fresh as its bound says.']
      : []),
    ...(isFull(info)
      ? ['The remote store is full and drops nothing by itself (noeviction): what is loaded is not stored there.']
      : []),
  ]
  return judged(name, problems.length === 0 ? 'healthy' : 'degraded', { remote: 'ready', isFallback: false, problems })
}

function judged(
  cache: string,
  status: Health['status'],
  rest: Pick<Health, 'remote' | 'isFallback' | 'problems'>,
): Health {
  return { status, cache, latencyMs: undefined, ...rest }
}

function isFull({ usedBytes, maxBytes, evictionPolicy }: RemoteInfo = {}): boolean {
  return (
    usedBytes !== undefined && maxBytes !== undefined && usedBytes >= maxBytes * 0.98 && evictionPolicy === 'noeviction'
  )
}

// Reads nothing, counts nothing, and rejects where it is closed.
async function isClosed(cache: Cache): Promise<boolean> {
  try {
    await cache.getMany([])
    return false
  } catch {
    return true
  }
}
