import type { Expression } from './verdict/expression.ts'

/** By metric, the conditions on it. */
export type Conditions = Readonly<Record<string, readonly Expression[]>>

/** No request fails and none is stale, nobody waits longer than for the loader, one deadline (100 ms) and 50 ms, and all heals. */
const outage: Conditions = {
  'fault happened': ['count==1'],
  errors: ['rate==0'],
  'wrong keys': ['count==0'],
  staleness: ['max<=0ms'],
  overage: ['max<=0ms'],
  'latency{phase:fault} beyond loader': ['p(99)<=150ms'],
  'breaker opened': ['count>=1'],
  'time-outs': ['count<=30'],
  detection: ['delay<=1s'],
  'recovery{health}': ['delay<=5s'],
  'recovery{hit_ratio:0.8}': ['delay<=10s'],
  'lost writes': ['count==0'],
  'stale at rest': ['count==0'],
}

/** An alert fires within two windows (of 3 s), once, and clears as soon again. */
function alert(rule: string): Conditions {
  return {
    [`times{alert:${rule}}`]: ['count==1'],
    [`fired{alert:${rule}}`]: ['delay<=6s'],
    [`cleared{alert:${rule}}`]: ['delay<=6s'],
  }
}

/**
 * What must hold, for each scenario. Conditions on counts and their ratios hold on any machine: the traffic is seeded. Those in
 * milliseconds leave a machine of two processors room to be busy.
 */
export const thresholds: Readonly<Record<string, Conditions>> = {
  saturation: {
    hit_ratio: ['value>=0.8'],
    'db.queries vs cache=off': ['reduction>=70%'],
    'latency{cache:hit} vs latency{cache:miss}': ['faster>=60%'],
    errors: ['rate==0'],
    staleness: ['max<=0ms'],
    counters: ['count==0'],
  },
  cold: {
    errors: ['rate==0'],
    'db.loads beyond keys': ['count==0'],
  },
  warm: {
    hit_ratio: ['value>=0.99'],
    'latency{cache:hit}': ['p(99)<100ms', 'p(50)<10ms'],
    'db.queries': ['count==0'],
    errors: ['rate==0'],
    staleness: ['max<=0ms'],
  },
  mixed: {
    hit_ratio: ['value>=0.8'],
    'db.queries vs cache=off': ['reduction>=70%'],
    'latency{cache:hit} vs latency{cache:miss}': ['faster>=60%'],
    errors: ['rate==0'],
    'wrong keys': ['count==0'],
    staleness: ['max<=0ms'],
    overage: ['max<=0ms'],
    'lost writes': ['count==0'],
    'stale at rest': ['count==0'],
  },
  stampede: {
    'loads{processes:1}': ['count==1'],
    // One a process; one for all of them with `fleetSingleFlight`.
    'loads{processes:4}': ['count<=4'],
    'loads{fleet:4}': ['count==1'],
    'loads{failing}': ['count<=5'],
    'loads{after failure}': ['count==1'],
    errors: ['rate==0'],
    'waited for the loader': ['rate==0'],
    'loads{swr}': ['count==1'],
  },
  'redis-kill': outage,
  'redis-restart': outage,
  'redis-freeze': outage,
  'invalidation-storm': {
    'commands per invalidation': ['value<=3'],
    'forbidden commands': ['count==0'],
    invalidations: ['count>=100'],
    errors: ['rate==0'],
    staleness: ['max<=0ms'],
  },
  coherence: {
    errors: ['rate==0'],
    'wrong keys': ['count==0'],
    staleness: ['p(99)<=100ms', 'max<=1s'],
    'staleness{cut off}': ['max<=3s'],
    'fault happened': ['count==1'],
    'lost writes': ['count==0'],
    'stale at rest': ['count==0'],
  },
  evict: {
    errors: ['rate==0'],
    'wrong keys': ['count==0'],
    staleness: ['max<=0ms'],
    'redis evictions': ['count>=1'],
    'redis refusals': ['count>=1'],
    'memory evictions': ['count>=1'],
    'memory beyond bound': ['count==0'],
  },
  alerts: {
    'alerts in health': ['count==0'],
    ...alert('hit-ratio'),
    ...alert('latency'),
    ...alert('memory'),
    ...alert('remote-failing'),
    errors: ['rate==0'],
  },
  capacity: {
    'rate vs cache=off': ['ratio>=10'],
    hit_ratio: ['value>=0.95'],
  },
  soak: {
    errors: ['rate==0'],
    staleness: ['max<=0ms'],
    'heap growth': ['count<=4096'],
    'resource growth': ['count<=20'],
  },
}
