import { InvalidOptionError, parseDuration, type Duration } from '@holdfast/core'
import type { AlertRule, AlertWindow } from './alert-rule.ts'
import { trafficBetween } from './remote-traffic.ts'

/** What can be said of a rule besides its limit. */
export interface RuleOptions {
  /** How far back it looks. */
  readonly window?: Duration
  /** Fewer reads or calls in the window are not judged. */
  readonly minimum?: number
  /** The alert clears at this value, and not before: the hysteresis. */
  readonly clearAt?: number
  readonly severity?: 'warning' | 'critical'
  /** What happens before so much time has passed is not judged. */
  readonly warmUp?: Duration
}

/** The four rules that every cache should have: see each for its limits. */
export function defaultRules(): readonly AlertRule[] {
  return [hitRatioBelow(0.8), remoteFailing(), latencyAbove('100ms'), memoryAbove(0.8)]
}

/**
 * Fires when too few reads of the window were hits. Not in the first five minutes (`warmUp`), in which a cache fills.
 *
 * @param limit from 0 to 1
 * @param options by default over five minutes with at least 100 reads, clearing 5 points above the limit
 */
export function hitRatioBelow(limit: number, options: RuleOptions = {}): AlertRule {
  const clearAt = options.clearAt ?? Math.min(1, limit + 0.05)
  const minimum = options.minimum ?? 100
  checkRange('limit', limit, clearAt, 1)
  return {
    name: 'hit-ratio',
    title: `Hit ratio below ${percent(limit)}`,
    severity: options.severity ?? 'warning',
    window: options.window ?? '5m',
    warmUp: options.warmUp ?? '5m',
    judge({ first, last }) {
      const hits = last.stats.hits - first.stats.hits
      const reads = hits + last.stats.misses - first.stats.misses
      if (reads < minimum) return undefined
      const value = hits / reads
      return {
        value,
        verdict: value < limit ? 'bad' : value >= clearAt ? 'good' : 'between',
        message: `${percent(value)} of ${reads} reads were hits; the limit is ${percent(limit)}.`,
      }
    },
  }
}

/**
 * Fires when the remote store was away for the whole window, or too many calls failed or were not answered.
 *
 * @param limit the share of failed calls, from 0 to 1; 0.1 by default
 * @param options by default over 30 seconds with at least 20 calls, clearing when under 1 % failed and it was there all the time
 */
export function remoteFailing(limit: number = 0.1, options: RuleOptions = {}): AlertRule {
  const clearAt = options.clearAt ?? Math.min(0.01, limit)
  const minimum = options.minimum ?? 20
  checkRange('clearAt', clearAt, limit, 1)
  return {
    name: 'remote-failing',
    title: 'Remote store cannot be reached, or fails',
    severity: options.severity ?? 'critical',
    window: options.window ?? '30s',
    warmUp: options.warmUp ?? '0ms',
    judge(window) {
      if (window.last.stats.shared.remote === undefined) return undefined
      const away = window.samples.filter((sample) => sample.stats.shared.remote?.state === 'away').length
      const { calls, timeouts, failures } = trafficBetween(window.first.stats, window.last.stats)
      const asked = calls + failures
      const share = asked < minimum ? 0 : (timeouts + failures) / asked
      const isAway = away === window.samples.length
      return {
        value: isAway ? 1 : share,
        verdict: isAway || share > limit ? 'bad' : away === 0 && share <= clearAt ? 'good' : 'between',
        message: isAway
          ? `The remote store cannot be used${causeOf(window)}.`
          : `${percent(share)} of ${asked} calls of the remote store failed or were not answered; the limit is ${percent(limit)}.`,
      }
    },
  }
}

/**
 * Fires when the 95th percentile of the calls of the remote store is too long, or one in twenty was not answered before its deadline.
 *
 * @param limit a duration
 * @param options by default over one minute with at least 50 calls, clearing at four fifths of the limit; `clearAt` is in milliseconds
 */
export function latencyAbove(limit: Duration, options: RuleOptions = {}): AlertRule {
  const limitMs = parseDuration('limit', limit)
  const clearAt = options.clearAt ?? limitMs * 0.8
  const minimum = options.minimum ?? 50
  checkRange('clearAt', clearAt, limitMs, Number.POSITIVE_INFINITY)
  return {
    name: 'latency',
    title: `Remote store slower than ${limitMs} ms`,
    severity: options.severity ?? 'warning',
    window: options.window ?? '1m',
    warmUp: options.warmUp ?? '0ms',
    judge({ first, last }) {
      const { calls, timeouts, p95Ms } = trafficBetween(first.stats, last.stats)
      if (calls < minimum) return undefined
      const unanswered = timeouts / calls
      return {
        value: p95Ms,
        verdict: p95Ms > limitMs || unanswered > 0.05 ? 'bad' : p95Ms <= clearAt ? 'good' : 'between',
        message:
          unanswered > 0.05
            ? `${percent(unanswered)} of ${calls} calls of the remote store were not answered before their deadline.`
            : `The 95th percentile of ${calls} calls of the remote store is ${p95Ms.toFixed(1)} ms; the limit is ${limitMs} ms.`,
      }
    },
  }
}

/**
 * Fires when Redis used more of its `maxmemory`, or this process more of its heap, for the whole window. A memory tier that is full is
 * no reason: it is bounded, and meant to be full.
 *
 * @param limit from 0 to 1
 * @param options by default over one minute, clearing 5 points below the limit
 */
export function memoryAbove(limit: number, options: RuleOptions = {}): AlertRule {
  const clearAt = options.clearAt ?? Math.max(0, limit - 0.05)
  checkRange('clearAt', clearAt, limit, 1)
  return {
    name: 'memory',
    title: `Memory above ${percent(limit)}`,
    severity: options.severity ?? 'warning',
    window: options.window ?? '1m',
    warmUp: options.warmUp ?? '0ms',
    judge({ samples }) {
      const used = samples.map(memoryUse)
      const value = Math.min(...used.map((each) => each.share))
      const { share, whose } = used.at(-1)!
      return {
        value: share,
        verdict: value > limit ? 'bad' : share <= clearAt ? 'good' : 'between',
        message: `${whose} uses ${percent(share)} of the memory it may; the limit is ${percent(limit)}.`,
      }
    },
  }
}

function memoryUse({ info, heap }: AlertWindow['last']): { readonly share: number; readonly whose: string } {
  const remote = info?.maxBytes === undefined ? 0 : (info.usedBytes ?? 0) / info.maxBytes
  const own = heap.usedBytes / heap.maxBytes
  return remote >= own ? { share: remote, whose: 'The remote store' } : { share: own, whose: 'This process' }
}

function causeOf({ last }: AlertWindow): string {
  const details = last.stats.shared.remote?.details
  const cause = details?.['cause']
  return cause === undefined ? '' : `: ${String(cause).replace(/\.$/, '')}`
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`
}

/** Both limits of a rule: the one to fire at and the one to clear at. */
function checkRange(name: string, low: number, high: number, most: number): void {
  if (low >= 0 && low <= high && high <= most) return
  throw new InvalidOptionError(
    `Expected \`${name}\` to lie between 0 and ${most} and on the good side of the limit, got ${low} and ${high}.`,
  )
}
