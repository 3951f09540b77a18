// The cache that the fault matrix tries, with default settings: `pnpm faults`.
import { withBreaker } from '@holdfast/breaker'
import type { Cache } from '@holdfast/core'
import { msgpack } from '@holdfast/msgpack'
import { redisStore } from '@holdfast/redis'
import type { FaultSubject, FaultSubjectOptions, FaultValue } from '@holdfast/testing/faults'
import { createCache } from '../src/create-cache.ts'

export function openFaultSubject({ redisUrl, cluster, sentinels, prefix }: FaultSubjectOptions): FaultSubject {
  const server = cluster === undefined ? (sentinels ?? redisUrl) : { cluster }
  const cache: Cache<FaultValue> = createCache<FaultValue>({
    remote: withBreaker(redisStore(server, { prefix })),
    serializer: msgpack(),
  })
  return cache
}
