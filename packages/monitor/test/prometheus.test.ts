import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import parse from 'parse-prometheus-text-format'
import { Counter, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { durations, metrics, prometheusName } from '../src/metric.ts'
import { prometheus, type PrometheusMetrics } from '../src/prometheus.ts'
import { hasPromtool, promtool } from './support/promtool.ts'
import { stage, traffic, type Staged } from './support/stage.ts'

const names = [
  ...metrics.map(prometheusName),
  ...durations.map(({ name }) => prometheusName({ name, unit: 's', type: 'histogram' })),
]

/** Some of everything has happened. */
async function busy(): Promise<Staged> {
  const staged = stage({ ttl: '1h' })
  const { cache, clock, store } = staged
  store.info_ = {
    usedBytes: 500,
    maxBytes: 1_000,
    evictions: 3,
    expirations: 4,
    keyspaceHits: 5,
    keyspaceMisses: 6,
    clients: 7,
    uptimeSeconds: 8,
  }
  const written = cache.set('hot', 1, { tags: ['t'] })
  await clock.advance(0)
  await written
  await traffic(staged, 3, 2)
  const read = cache.getOrSet('loaded', async () => {
    await new Promise<void>((resolve) => void clock.setTimer(resolve, 40))
    return 1
  })
  await clock.advance(50)
  await read
  return staged
}

async function scrape(made: PrometheusMetrics): Promise<ReturnType<typeof parse>> {
  return parse(await made.text())
}

describe('prometheus', () => {
  it('tells what happened, to a parser of somebody else', async () => {
    const { cache } = await busy()
    const families = await scrape(prometheus(cache))
    const value = (name: string, labels: object = {}): number => {
      const family = families.find((each) => each.name === name)
      const found = family?.metrics.find((metric) => Object.entries(labels).every(([k, v]) => metric.labels?.[k] === v))
      return Number(found?.value)
    }

    expect(families.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
    expect(value('holdfast_hits_total', { tier: 'memory', cache: 'shop' })).toBe(3)
    expect(value('holdfast_hits_total', { tier: 'remote' })).toBe(0)
    expect(value('holdfast_misses_total')).toBe(3)
    expect(value('holdfast_loads_total')).toBe(1)
    expect(value('holdfast_memory_entries')).toBe(2)
    expect(value('holdfast_memory_max_bytes')).toBe(1_000_000)
    expect(value('holdfast_remote_up')).toBe(1)
    expect(value('holdfast_breaker_open')).toBe(0)
    expect(value('holdfast_breaker_openings_total')).toBe(2)
    expect(value('holdfast_server_memory_used_bytes')).toBe(500)
    expect(value('holdfast_server_keyspace_misses_total')).toBe(6)
    const plain = families.filter(({ type }) => type !== 'HISTOGRAM')
    expect(plain.every(({ help, metrics: [first] }) => help !== '' && first?.labels?.['cache'] === 'shop')).toBe(true)
  })

  it('tells lengths of time as histograms whose buckets grow and end with the count', async () => {
    const { cache } = await busy()
    const text = await prometheus(cache).text()
    // The parser takes a histogram for one series, and so has to be given one.
    const families = parse(text.replaceAll(/cache="shop",?/g, '').replaceAll('{}', ''))
    const load = families.find(({ name }) => name === 'holdfast_load_duration_seconds')!
    const { buckets, count, sum } = load.metrics[0]!
    const counts = Object.entries(buckets!).map(
      ([end, many]) => [Number(end === '+Inf' ? Infinity : end), Number(many)] as const,
    )

    expect(load.type).toBe('HISTOGRAM')
    expect([count, sum]).toEqual(['1', '0.04'])
    expect(counts.map(([, many]) => many)).toEqual(counts.map(([end]) => Number(end >= 0.04)))
    expect(counts.length).toBe(21)
    for (const operation of ['getMany', 'setMany'])
      expect(text).toMatch(
        new RegExp(
          `^holdfast_remote_call_duration_seconds_count\\{cache="shop",operation="${operation}"\\} [1-9]`,
          'm',
        ),
      )
  })

  it('looks at a cache once for all metrics, and asks its server once', async () => {
    const { cache } = await busy()
    let asked = 0
    let looked = 0
    cache.observe({ call: ({ operation }) => void (operation === 'info' && asked++) })
    const stats = cache.stats.bind(cache)
    Object.assign(cache, {
      stats: () => {
        looked++
        return stats()
      },
    })
    const made = prometheus(cache)
    await made.text()
    await made.text()

    expect([looked, asked]).toEqual([2, 2])
  })

  it('leaves out what is not there: no remote store, no server that tells', async () => {
    const { cache } = stage({ remote: undefined })
    const text = await prometheus(cache).text()

    expect(text).not.toMatch(/^holdfast_remote_up\{/m)
    expect(text).not.toMatch(/^holdfast_server_/m)
    expect(text).not.toMatch(/^holdfast_breaker_/m)
    expect(text).toMatch(/^holdfast_memory_entries\{cache="shop"\} 0$/m)
  })

  it('is scraped all the same when the remote store is away', async () => {
    const { cache, store } = await busy()
    store.state = 'away'
    const text = await prometheus(cache).text()

    expect(text).toMatch(/^holdfast_remote_up\{cache="shop"\} 0$/m)
    expect(text).not.toMatch(/^holdfast_server_/m)
  })

  it('joins a registry of the application, and leaves it', async () => {
    const registry = new Registry()
    const mine = new Counter({ name: 'mine_total', help: 'Mine.', registers: [registry] })
    mine.inc()
    const made = prometheus(stage().cache, { registry })
    expect(await registry.metrics()).toMatch(/mine_total 1[^]*holdfast_misses_total/)

    made.close()
    expect(await registry.metrics()).not.toContain('holdfast')
  })

  it('takes several caches, told apart by their names', async () => {
    const shop = stage().cache
    const users = stage({ name: 'us"ers\n' }).cache
    const families = await scrape(prometheus([shop, users]))
    const misses = families.find(({ name }) => name === 'holdfast_misses_total')!

    expect(misses.metrics.map(({ labels }) => labels?.['cache'])).toHaveLength(2)
    expect(() => prometheus([shop, stage().cache])).toThrow('a name of its own, got "shop" twice')
  })

  it('joins those that are in its registry already, and leaves them there', async () => {
    const registry = new Registry()
    const shop = prometheus(stage().cache, { registry })
    const users = prometheus(stage({ name: 'users' }).cache, { registry })
    const cachesIn = async (): Promise<string[]> =>
      Array.from((await registry.metrics()).matchAll(/^holdfast_misses_total\{cache="(\w+)"\}/gm), ([, name]) => name!)
    expect(await cachesIn()).toEqual(['shop', 'users'])
    expect(() => prometheus(stage({ name: 'users' }).cache, { registry })).toThrow(
      'a name of its own, got "users" twice',
    )

    shop.close()
    expect(await cachesIn()).toEqual(['users'])

    users.close()
    expect(await registry.metrics()).not.toContain('holdfast')

    const again = prometheus(stage().cache, { registry })
    users.close()
    expect(await cachesIn()).toEqual(['shop'])

    registry.clear()
    prometheus(stage().cache, { registry })
    again.close()
    expect(await cachesIn()).toEqual(['shop'])
  })

  it('joins those of a registry that speaks OpenMetrics', async () => {
    const registry = new Registry()
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never)
    prometheus(stage().cache, { registry })
    await registry.metrics()
    prometheus(stage({ name: 'users' }).cache, { registry })

    expect(await registry.metrics()).toMatch(
      /holdfast_misses_total\{cache="shop"\} 0\nholdfast_misses_total\{cache="users"\} 0/,
    )
  })

  it('refuses a registry that has such metrics from elsewhere, and leaves it as it is', async () => {
    const registry = new Registry()
    registry.registerMetric(new Counter({ name: 'holdfast_loads_total', help: 'Mine.', registers: [] }))

    expect(() => prometheus(stage().cache, { registry })).toThrow(/without a metric `holdfast_loads_total`, got one/)
    expect(registry.getMetricsAsArray()).toHaveLength(1)
    expect(() => prometheus(stage().cache, { registry: {} as never })).toThrow('It is a `Registry` of prom-client')
  })

  it('speaks OpenMetrics where its registry does', async () => {
    const registry = new Registry()
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never)
    const made = prometheus((await busy()).cache, { registry })
    const text = await made.text()

    expect(made.contentType).toContain('openmetrics')
    expect(text).toMatch(/^# TYPE holdfast_misses counter\nholdfast_misses_total\{cache="shop"\} 3$/m)
    expect(text).toMatch(/# EOF\n$/)
  })

  it('answers a scrape', async () => {
    const response = await prometheus(stage().cache).handle()

    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4')
    expect(await response.text()).toContain('holdfast_misses_total')
  })

  it.skipIf(!hasPromtool)('passes promtool', async () => {
    const { status, stderr, stdout } = promtool(['check', 'metrics'], {
      input: await prometheus((await busy()).cache).text(),
    })

    expect([status, stdout, stderr]).toEqual([0, '', ''])
  })
})

describe('the alert rules for Prometheus', () => {
  const file = join(import.meta.dirname, '../prometheus/alerts.yml')
  const rules = (
    parseYaml(readFileSync(file, 'utf8')) as { groups: { rules: { alert: string; expr: string }[] }[] }
  ).groups.flatMap((group) => group.rules)

  it('name only metrics that exist', () => {
    expect(rules.length).toBe(4)
    expect(rules.flatMap(({ expr }) => unknownIn(expr))).toEqual([])
  })

  it.skipIf(!hasPromtool)('are valid, fire and stay quiet as promtool tests them', () => {
    const checked = promtool(['check', 'rules', file])
    const tested = promtool(['test', 'rules', 'alerts.promtool.yml'], { cwd: import.meta.dirname })

    expect([checked.status, checked.stderr]).toEqual([0, ''])
    expect([tested.status, tested.stderr]).toEqual([0, ''])
  })
})

describe('the dashboard for Grafana', () => {
  const text = readFileSync(join(import.meta.dirname, '../grafana/dashboard.json'), 'utf8')
  const { panels } = JSON.parse(text) as {
    panels: { id: number; title: string; gridPos: { x: number; w: number }; targets: { expr: string }[] }[]
  }
  const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))

  it('names only metrics that exist, and shows every one', () => {
    expect(expressions.flatMap(unknownIn)).toEqual([])
    const shown = new Set(expressions.flatMap(metricsIn))
    expect(names.filter((name) => !shown.has(name))).toEqual([])
  })

  it('has panels that fit and differ', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true)
  })
})

/** The metrics that an expression names, without what a histogram adds to its own. */
function metricsIn(expression: string): string[] {
  return Array.from(expression.matchAll(/holdfast_\w+/g), ([name]) =>
    names.includes(name) ? name : name.replace(/_(bucket|sum|count)$/, ''),
  )
}

function unknownIn(expression: string): string[] {
  return metricsIn(expression).filter((name) => !names.includes(name))
}
