import type { Expression } from './verdict/expression.ts'

/** By metric, the conditions on it. */
export type Conditions = Readonly<Record<string, readonly Expression[]>>

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
}
