/** What a scenario measured, in the form that can be judged. */
export type Metric =
  /** Something counted; exact, since the traffic is seeded. */
  | { readonly kind: 'count'; readonly value: number }
  /** A part of a whole, both counted. Nothing was measured where the whole is 0. */
  | { readonly kind: 'share'; readonly part: number; readonly of: number }
  /** How much less there is after than before, both counted. */
  | { readonly kind: 'reduction'; readonly before: number; readonly after: number }
  /** Lengths of time in milliseconds, ascending. */
  | { readonly kind: 'times'; readonly sorted: Float64Array }
  /** How old answers were, in milliseconds, ascending; what the machine or the generator does has no part in it. */
  | { readonly kind: 'ages'; readonly sorted: Float64Array }
  /** A single length of time in milliseconds; `undefined` when what it waits for did not come. */
  | { readonly kind: 'delay'; readonly ms: number | undefined }
  /** Ratios of paired windows: under 1 where the first of a pair is smaller. */
  | { readonly kind: 'pairs'; readonly ratios: readonly number[] }
  /** A ratio with a lower bound that was found elsewhere. */
  | { readonly kind: 'ratio'; readonly estimate: number; readonly lower: number; readonly n: number }

export type MetricKind = Metric['kind']
