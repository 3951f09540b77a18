import { startFaultProxy } from '@holdfast/testing/proxy'
import type { Alert } from 'holdfast'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiProcess } from '../processes/api.ts'
import type { OwnRedis } from '../processes/redis.ts'
import { readLead, type Read } from '../traffic/catalog.ts'
import type { Metric, MetricKind } from '../verdict/metric.ts'
import { errorsOf, failuresOf } from './measures.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

const rules = ['hit-ratio', 'latency', 'memory', 'remote-failing'] as const
type Rule = (typeof rules)[number]

type Name = `${'times' | 'fired' | 'cleared'}{alert:${Rule}}` | 'alerts in health' | 'errors'

const metrics = {
  'alerts in health': 'count',
  ...Object.fromEntries(
    rules.flatMap((rule) => [
      [`times{alert:${rule}}`, 'count'],
      [`fired{alert:${rule}}`, 'delay'],
      [`cleared{alert:${rule}}`, 'delay'],
    ]),
  ),
  errors: 'share',
} as Readonly<Record<Name, MetricKind>>

/** How far back the rules look here; by default it is minutes. */
const windowMs = 3_000
/** Requests a second. */
const rate = 120

/** What an operator should be woken by, done to a cache that is watched. */
interface Trouble {
  readonly rule: Rule
  readonly labels: readonly [begins: string, ends: string]
  readonly begin: () => Promise<unknown>
  readonly end: () => Promise<unknown>
}

/** Each thing that an alert is for happens once. */
export const alerting: Scenario<Name> = {
  name: 'alerts',
  title: `few hits, a slow Redis, a full Redis, a dead Redis: each alert fires once and clears once, within two windows (${windowMs / 1_000} s)`,
  metrics,
  control: {
    title: 'memory alone: there is no Redis to be woken by',
    mode: 'memory',
    mustFail: ['times{alert:latency}', 'times{alert:memory}', 'times{alert:remote-failing}'],
  },

  async run(stage) {
    const redis = await stage.redis()
    const proxy = stage.use(await startFaultProxy({ port: redis.own!.port, url: redis.url }))
    const api = await stage.api({ redisUrl: proxy.url(), env: { API_ALERT_WINDOW: `${windowMs}ms` } })
    let invalidating: NodeJS.Timeout | undefined
    let answers = 0
    const troubles: readonly Trouble[] = [
      {
        rule: 'hit-ratio',
        labels: ['Somebody invalidates all leads again and again', 'They no longer do'],
        begin: async () => {
          invalidating = setInterval(() => {
            api.invalidateTags(['leads']).catch(() => {})
          }, 100).unref()
        },
        end: async () => clearInterval(invalidating),
      },
      {
        rule: 'latency',
        labels: ['One in six answers of Redis takes 150 ms longer', 'None does any more'],
        // Not all: Redis would be taken out of the path, and no answer is slow any more.
        begin: async () => proxy.latency(() => (answers++ % 6 === 0 ? 150 : 0), { direction: 'down' }),
        end: () => proxy.heal(),
      },
      {
        rule: 'memory',
        labels: ['Redis may use hardly more memory than it does', 'It has room again'],
        begin: () => bound(redis.own!, 0.9),
        end: () => bound(redis.own!, 0.1),
      },
      {
        rule: 'remote-failing',
        labels: ['Redis was killed', 'Redis is back, empty'],
        begin: () => redis.own!.kill(),
        end: () => redis.own!.restart({ data: 'empty' }),
      },
    ]

    const troubleMs = 2 * windowMs + 1_000
    const calmMs = 3 * windowMs
    const durationMs = 4 * windowMs + troubles.length * (troubleMs + calmMs)
    const { ended } = await stage.openMeanwhile('troubles, one after the other', {
      urls: [api.url],
      workload: stage.workload('browse'),
      entries: requests((rate * durationMs) / 1_000, stage.settings.rows),
      rate,
      durationMs,
    })
    // While a cache fills, few reads are hits: what is judged comes after that.
    await sleep(2 * windowMs)
    const healthyFrom = Date.now()
    await sleep(2 * windowMs)
    const inHealth = (await api.alerts()).filter(({ firedAt }) => firedAt >= healthyFrom).length
    const seen: Record<string, Metric> = {}
    for (const trouble of troubles) Object.assign(seen, await watch(stage, api, trouble, { troubleMs, calmMs }))
    const { samples } = await ended

    return {
      metrics: {
        ...(seen as Record<Exclude<Name, 'alerts in health' | 'errors'>, Metric>),
        'alerts in health': { kind: 'count', value: inHealth },
        errors: errorsOf(samples),
      },
      notes: [...failuresOf(samples), ...(await api.alerts()).toReversed().flatMap(saidOf)],
    }
  },
}

/** Twenty leads in turn, which memory has again at once whatever happened; each tenth is another one, for which Redis is asked. */
function requests(count: number, rows: number): readonly Read[] {
  return Array.from({ length: Math.ceil(count) }, (_, index) =>
    readLead(index % 10 === 9 ? 21 + (index % (rows - 20)) : 1 + (index % 20)),
  )
}

/** Makes a trouble, ends it, and looks what became of its alert. */
async function watch(
  stage: Stage,
  api: ApiProcess,
  { rule, labels, begin, end }: Trouble,
  { troubleMs, calmMs }: { readonly troubleMs: number; readonly calmMs: number },
): Promise<Record<string, Metric>> {
  const beganAt = stage.mark(labels[0], 'begins')
  await begin()
  await sleep(troubleMs)
  await end()
  const endedAt = stage.mark(labels[1], 'ends')
  await sleep(calmMs)
  const mine = (await api.alerts()).filter((alert) => alert.rule === rule && alert.firedAt >= beganAt)
  const firedAt = mine.find(({ state }) => state === 'firing')?.firedAt
  // One that cleared for lack of anything to judge cleared no later than when the trouble ended.
  const clearedAt = mine.find(({ state }) => state === 'cleared')?.clearedAt
  return {
    [`times{alert:${rule}}`]: { kind: 'count', value: mine.filter(({ state }) => state === 'firing').length },
    [`fired{alert:${rule}}`]: { kind: 'delay', ms: firedAt === undefined ? undefined : firedAt - beganAt },
    [`cleared{alert:${rule}}`]: {
      kind: 'delay',
      ms: clearedAt === undefined ? undefined : Math.max(0, clearedAt - endedAt),
    },
  }
}

/** Lets Redis use so much that what it uses is a share of it. */
async function bound(redis: OwnRedis, share: number): Promise<void> {
  const used = Number(/used_memory:(\d+)/.exec(String(await redis.command('INFO', 'memory')))?.[1])
  await redis.command('CONFIG', 'SET', 'maxmemory', Math.round(used / share))
}

function saidOf({ state, title, message }: Alert): readonly string[] {
  return [`${state}: ${title}. ${message}`]
}
