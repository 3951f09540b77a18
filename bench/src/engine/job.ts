import type { Tier } from '../peers/peer.ts'
import type { Effort } from './slice.ts'
import type { Point } from './duel.ts'
import type { Sample } from './sample.ts'
import type { Counts } from './counts.ts'

/** A checkout to load from, and the name of the copy of its modules. */
export interface Build {
  readonly root: string
  readonly copy: string
}

/** What a child process is asked to do. It does one job and exits. */
export type Job = CompareJob | DuelJob | CountJob | ConformanceJob

/** Contenders of one case against each other. */
export interface CompareJob {
  readonly type: 'compare'
  readonly caseId: string
  readonly contenders: readonly string[]
  readonly root: string
  readonly redisUrl: string
  readonly effort: Effort
  readonly timeMs: number
  readonly replicate: number
}

/** Two builds against each other, one bench after the other. */
export interface DuelJob {
  readonly type: 'duel'
  readonly redisUrl: string
  readonly replicate: number
  readonly effort: Effort
  readonly slices: number
  readonly duels: readonly DuelSpec[]
}

export interface DuelSpec {
  /** Names the answer: the case's id, or a sentinel's. */
  readonly id: string
  readonly caseId: string
  readonly base: Build
  readonly head: Build
  readonly inflation: number
}

/** What can be counted instead of timed, of one build. */
export interface CountJob {
  readonly type: 'count'
  readonly redisUrl: string
  readonly build: Build
  readonly caseIds: readonly string[]
  readonly replicate: number
}

/** Whether adapters keep what they promise. */
export interface ConformanceJob {
  readonly type: 'conformance'
  readonly checks: readonly { readonly peer: string; readonly tier: Tier }[]
  readonly root: string
  readonly redisUrl: string
}

/** What a child says; several of these, then it exits. */
export type Message =
  | { readonly type: 'samples'; readonly samples: readonly Sample[]; readonly bytes: Readonly<Record<string, number>> }
  | { readonly type: 'unable'; readonly contender: string; readonly reason: string }
  | { readonly type: 'point'; readonly id: string; readonly point: Point }
  | { readonly type: 'missing'; readonly id: string; readonly side: 'base' | 'head'; readonly reason: string }
  | { readonly type: 'threw'; readonly id: string; readonly side: 'base' | 'head'; readonly reason: string }
  | { readonly type: 'counts'; readonly caseId: string; readonly counts: Counts }
  | { readonly type: 'conforms'; readonly peer: string; readonly tier: Tier; readonly faults: readonly string[] }
  | { readonly type: 'done' }
