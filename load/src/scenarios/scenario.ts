import type { ApiMode } from '../app/cache.ts'
import type { Metric, MetricKind } from '../verdict/metric.ts'
import type { Stage } from './stage.ts'

/** Something that is done to the API, and what is measured meanwhile. */
export interface Scenario<Name extends string = string> {
  readonly name: string
  /** What it does, in one line. */
  readonly title: string
  /** What it measures, and of what kind each is; thresholds name these. */
  readonly metrics: Readonly<Record<Name, MetricKind>>
  /** The same without what should make it hold, so that its thresholds are known to be able to fail. */
  readonly control: Control<Name>
  /** Drives the API in the mode of the stage. */
  run(stage: Stage): Promise<Observation<Name>>
}

export interface Control<Name extends string = string> {
  /** What is missing. */
  readonly title: string
  readonly mode: ApiMode
  /** A condition on each of these must fail. */
  readonly mustFail: readonly Name[]
}

/** What a scenario brings home. */
export interface Observation<Name extends string = string> {
  readonly metrics: Readonly<Record<Name, Metric>>
  /** Figures that nothing depends on, each as a sentence. */
  readonly notes: readonly string[]
  /** Why a condition may be broken through no fault of the cache; whatever is met is met all the same. */
  readonly doubt?: string | undefined
}
