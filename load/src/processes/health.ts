import { setTimeout as sleep } from 'node:timers/promises'

/** What `/api/cache-status` said, from this instant on. */
export interface HealthChange {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** `unreachable`: there was no answer within a second. */
  readonly status: 'healthy' | 'degraded' | 'unhealthy' | 'unreachable'
}

/** Looks at `/api/cache-status` until it is disposed of. */
export interface HealthWatch extends AsyncDisposable {
  readonly changes: readonly HealthChange[]
}

const everyMs = 50

/** Asks an API process how it is, twenty times a second. Resolves after the first answer. */
export async function watchHealth(url: string): Promise<HealthWatch> {
  const changes: HealthChange[] = []
  const over = new AbortController()
  const look = async (): Promise<void> => {
    const status = await statusOf(url)
    if (changes.at(-1)?.status !== status) changes.push({ at: Date.now(), status })
  }
  await look()
  const watching = (async () => {
    while (!over.signal.aborted) {
      await sleep(everyMs)
      await look()
    }
  })()
  return {
    changes,
    [Symbol.asyncDispose]: () => {
      over.abort()
      return watching
    },
  }
}

async function statusOf(url: string): Promise<HealthChange['status']> {
  try {
    const response = await fetch(`${url}/api/cache-status`, { signal: AbortSignal.timeout(1_000) })
    const { status } = (await response.json()) as { readonly status: HealthChange['status'] }
    return status
  } catch {
    return 'unreachable'
  }
}
