import type { Conditions } from '../thresholds.ts'

/** Something that we say of Holdfast, with what must be measured for it to be true. */
export interface Claim {
  readonly name: string
  /** What is claimed, as a sentence that a measurement can follow. */
  readonly says: string
  /** By scenario, conditions on what it measures. All must be met. */
  readonly proof: Readonly<Record<string, Conditions>>
  /** The metric that says it in one figure. */
  readonly figure: string
}

const noFailure: Conditions = { errors: ['rate==0'], staleness: ['max<=0ms'], 'wrong keys': ['count==0'] }

/** An alert fires within two windows (of 3 s) of its trouble, once, clears as soon after it, and only then. */
function alert(rule: string): Claim['proof'] {
  return {
    alerts: {
      'alerts in health': ['count==0'],
      [`times{alert:${rule}}`]: ['count==1'],
      [`fired{alert:${rule}}`]: ['delay<=6s'],
      [`cleared{alert:${rule}}`]: ['delay<=6s'],
    },
  }
}

/** Nobody fails, nobody gets what was written over, and nobody waits longer than for the database, one deadline (100 ms) and 50 ms. */
const outage: Conditions = {
  ...noFailure,
  'fault happened': ['count==1'],
  'latency{phase:fault} beyond loader': ['p(99)<=150ms'],
  'time-outs': ['count<=30'],
  'recovery{health}': ['delay<=5s'],
  'lost writes': ['count==0'],
  'stale at rest': ['count==0'],
}

/** All that we claim, and how each of it is proven. `pnpm load claims` tries them. */
export const claims: readonly Claim[] = [
  {
    name: 'speed',
    says: 'cached answers take at least 60 % less time',
    proof: { mixed: { 'latency{cache:hit} vs latency{cache:miss}': ['faster>=60%'] } },
    figure: 'latency{cache:hit} vs latency{cache:miss}',
  },
  {
    name: 'queries',
    says: 'the database runs at least 90 % fewer queries by the default workload, and 70 % where one request in twenty writes',
    proof: {
      saturation: { 'db.queries vs cache=off': ['reduction>=90%'], hit_ratio: ['value>=0.8'], counters: ['count==0'] },
      mixed: { 'db.queries vs cache=off': ['reduction>=70%'], hit_ratio: ['value>=0.8'] },
    },
    figure: 'db.queries vs cache=off',
  },
  {
    name: 'latency',
    says: '99 of 100 cached answers take less than 100 ms',
    proof: { warm: { 'latency{cache:hit}': ['p(99)<100ms'], hit_ratio: ['value>=0.99'], 'db.queries': ['count==0'] } },
    figure: 'latency{cache:hit}',
  },
  {
    name: 'users',
    says: 'ten times as many users are served as well as before',
    proof: { capacity: { 'rate vs cache=off': ['ratio>=10'], hit_ratio: ['value>=0.95'] } },
    figure: 'rate vs cache=off',
  },
  {
    name: 'hit-ratio-alert',
    says: 'an operator hears when under 80 % of reads are hits',
    proof: alert('hit-ratio'),
    figure: 'fired{alert:hit-ratio}',
  },
  {
    name: 'outage-alert',
    says: 'an operator hears when Redis cannot be reached',
    proof: alert('remote-failing'),
    figure: 'fired{alert:remote-failing}',
  },
  {
    name: 'latency-alert',
    says: 'an operator hears when Redis takes more than 100 ms',
    proof: alert('latency'),
    figure: 'fired{alert:latency}',
  },
  {
    name: 'memory-alert',
    says: 'an operator hears when over 80 % of memory is used',
    proof: alert('memory'),
    figure: 'fired{alert:memory}',
  },
  {
    name: 'outage',
    says: 'no request fails, is stale or waits longer than one deadline because Redis dies or stands still',
    proof: { 'redis-kill': outage, 'redis-freeze': outage },
    figure: 'latency{phase:fault} beyond loader',
  },
  {
    name: 'fresh',
    says: 'no answer lacks a write that its process had acknowledged; other processes follow within 100 ms',
    proof: {
      mixed: { ...noFailure, 'lost writes': ['count==0'], 'stale at rest': ['count==0'] },
      coherence: { staleness: ['p(99)<=100ms'], 'staleness{cut off}': ['max<=3s'], 'stale at rest': ['count==0'] },
    },
    figure: 'staleness',
  },
  {
    name: 'one-load',
    says: 'five hundred who ask at once for what has expired cost one query',
    proof: { stampede: { 'loads{processes:1}': ['count==1'], errors: ['rate==0'] } },
    figure: 'loads{processes:1}',
  },
  {
    name: 'invalidation',
    says: 'invalidating a tag costs the same few commands, whatever the number of entries',
    proof: {
      'invalidation-storm': {
        'commands per invalidation': ['value<=3'],
        'forbidden commands': ['count==0'],
        invalidations: ['count>=100'],
        staleness: ['max<=0ms'],
      },
    },
    figure: 'commands per invalidation',
  },
]
