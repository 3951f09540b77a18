import type { Duration } from '@holdfast/core'
import type { Sample } from './sample.ts'

/** What a rule looks at: samples from one end of its window to the other, oldest first. */
export interface AlertWindow {
  readonly first: Sample
  readonly last: Sample
  /** All of them, `first` and `last` included. */
  readonly samples: readonly Sample[]
}

/** What a rule finds. Between bad and good nothing changes: an alert fires once, and clears once. */
export interface Judgement {
  readonly verdict: 'bad' | 'good' | 'between'
  /** What was measured, as a number for graphs. */
  readonly value: number
  /** One sentence for people. */
  readonly message: string
}

/** Something an operator wants to be told of. */
export interface AlertRule {
  /** Unique among the rules of one `alerts()`. */
  readonly name: string
  /** For whoever routes alerts. */
  readonly severity: 'warning' | 'critical'
  /** What it watches, in a few words for people. */
  readonly title: string
  /** How far back it looks. Nothing is judged before so much has been seen. */
  readonly window: Duration
  /**
   * What was seen before so much time had passed is not judged: a cache fills first.
   *
   * @default '0ms'
   */
  readonly warmUp?: Duration
  /** @returns `undefined` when there is nothing to judge, such as too little traffic: then no alert fires, and one that does clears */
  judge(window: AlertWindow): Judgement | undefined
}
