import { parseDuration } from '@holdfast/core'
import type { AlertRule, Judgement } from './alert-rule.ts'
import type { Sample } from './sample.ts'

/** An alert that fired, or has cleared. */
export interface Alert {
  readonly rule: string
  readonly title: string
  readonly severity: AlertRule['severity']
  readonly state: 'firing' | 'cleared'
  /** The cache's name. */
  readonly cache: string
  /** What the rule measured then. */
  readonly value: number | undefined
  /** One sentence for people. */
  readonly message: string
  /** When it fired, in milliseconds since the epoch. */
  readonly firedAt: number
  /** When it cleared. */
  readonly clearedAt?: number
}

/** What a rule found when it last looked. */
export interface RuleStatus {
  readonly rule: string
  readonly title: string
  readonly severity: AlertRule['severity']
  /** `waiting`: too little has been seen, or too little happens, to judge. */
  readonly state: 'firing' | 'quiet' | 'waiting'
  readonly value: number | undefined
  readonly message: string
  readonly since: number | undefined
}

/** One rule over time: fires once, clears once. */
export class RuleWatch {
  readonly windowMs: number
  firing: Alert | undefined
  readonly #rule: AlertRule
  readonly #cache: string
  /** Samples before this are not judged. */
  readonly #from: number
  #latest: Judgement | undefined

  constructor(rule: AlertRule, cache: string, startedAt: number) {
    this.#rule = rule
    this.#cache = cache
    this.windowMs = parseDuration('window', rule.window)
    this.#from = startedAt + (rule.warmUp === undefined ? 0 : parseDuration('warmUp', rule.warmUp))
  }

  /** Judges the window that ends with the last sample; the alert that fired or cleared thereby. */
  look(samples: readonly Sample[]): Alert | undefined {
    const seen = samples.filter(({ at }) => at >= this.#from)
    const last = seen.at(-1)
    const start = last === undefined ? -1 : seen.findLastIndex(({ at }) => at <= last.at - this.windowMs)
    if (last === undefined || start === -1) return undefined
    const within = seen.slice(start)
    this.#latest = this.#rule.judge({ first: within[0]!, last, samples: within })
    const { verdict } = this.#latest ?? { verdict: 'good' }
    if (verdict === 'bad' && this.firing === undefined) {
      this.firing = { ...this.#told(), state: 'firing', firedAt: last.at }
      return this.firing
    }
    if (verdict !== 'good' || this.firing === undefined) return undefined
    const cleared: Alert = { ...this.#told(), state: 'cleared', firedAt: this.firing.firedAt, clearedAt: last.at }
    this.firing = undefined
    return cleared
  }

  status(): RuleStatus {
    return {
      ...this.#told(),
      state: this.firing !== undefined ? 'firing' : this.#latest === undefined ? 'waiting' : 'quiet',
      since: this.firing?.firedAt,
    }
  }

  #told(): Pick<Alert, 'rule' | 'title' | 'severity' | 'cache' | 'value' | 'message'> {
    const { name, title, severity } = this.#rule
    return {
      rule: name,
      title,
      severity,
      cache: this.#cache,
      value: this.#latest?.value,
      message: this.#latest?.message ?? 'Too little was seen to judge.',
    }
  }
}
