import { createCache, InvalidOptionError, type Cache } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { alerts } from './alerts.ts'
import { dashboard } from './dashboard/dashboard.ts'
import { serveDashboard } from './dashboard/serve-dashboard.ts'
import { health } from './health.ts'
import { observeMetrics } from './otel-metrics.ts'
import { observeTraces } from './otel-traces.ts'
import { prometheus } from './prometheus.ts'

const watchers: readonly (readonly [name: string, watch: (cache: Cache, options?: object) => unknown])[] = [
  ['alerts', alerts],
  ['dashboard', dashboard],
  ['serveDashboard', serveDashboard],
  ['health', health],
  ['prometheus', prometheus],
  ['observeMetrics', observeMetrics],
  ['observeTraces', observeTraces],
]

describe.each(watchers)('%s', (name, watch) => {
  const watching = async (cache: unknown, options?: object): Promise<unknown> => watch(cache as Cache, options)

  it.each([
    [
      {},
      'Expected `cache` to have stats(), describe(), ping(), info(), on(), observe(). It is what `createCache` makes.',
    ],
    [undefined, 'Expected `cache` to be an object with its methods, got undefined.'],
    [createCache().namespace('a'), 'Expected `cache` to be a cache, got a namespace: give the cache that it is of.'],
  ])('refuses what is no cache: %o', async (cache, message) => {
    await expect(watching(cache)).rejects.toThrow(message)
    await expect(watching(cache)).rejects.toBeInstanceOf(InvalidOptionError)
  })

  it.skipIf(name === 'health')('refuses an option that it does not know', async () => {
    await expect(watching(createCache(), { prot: 1 })).rejects.toThrow('Unknown option `prot`.')
    await expect(watching(createCache(), { prot: 1 })).rejects.toBeInstanceOf(InvalidOptionError)
  })
})
