import {
  checkMethods,
  checkNames,
  InvalidOptionError,
  parseDuration,
  systemClock,
  type Cache,
  type Clock,
  type Duration,
} from '@holdfast/core'
import type { AlertRule } from './alert-rule.ts'
import { checkCache } from './check-cache.ts'
import { defaultRules } from './default-rules.ts'
import { RuleWatch, type Alert, type RuleStatus } from './rule-watch.ts'
import { takeSample, type Sample } from './sample.ts'

/** How a cache is watched. */
export interface AlertsOptions {
  /** @default defaultRules() */
  readonly rules?: readonly AlertRule[]
  /** Told once when an alert fires, and once when it clears. What it throws is a process warning. */
  readonly onAlert?: (alert: Alert) => unknown
  /**
   * How often it looks. Each look asks the remote store's server once.
   *
   * @default '10s'
   */
  readonly every?: Duration
  /** The source of time, for tests. */
  readonly clock?: Clock
}

/** A watch over a cache. Ends with `close()`, and with the process. */
export interface Alerts extends Disposable {
  /** The alerts that fire now. */
  active(): readonly Alert[]
  /** What each rule found when it last looked. */
  status(): readonly RuleStatus[]
  /** The latest alerts that fired or cleared, newest first; 100 at most. */
  history(): readonly Alert[]
  /** Looks now, besides looking by the clock. */
  check(): Promise<void>
  close(): void
}

/**
 * Watches a cache by rules.
 *
 * @throws {InvalidOptionError} for what is no cache, an option that is unknown or cannot be used, and two rules of one name
 */
export function alerts(cache: Cache, options: AlertsOptions = {}): Alerts {
  checkCache(cache)
  checkNames('options of alerts', options, known)
  return new Watch(cache, options)
}

const known: readonly (keyof AlertsOptions)[] = ['rules', 'onAlert', 'every', 'clock']

const mostHistory = 100

class Watch implements Alerts {
  readonly #cache: Cache
  readonly #clock: Clock
  readonly #everyMs: number
  readonly #rules: readonly RuleWatch[]
  readonly #keepMs: number
  readonly #onAlert: ((alert: Alert) => unknown) | undefined
  #samples: readonly Sample[] = []
  #history: readonly Alert[] = []
  #looking: Promise<void> | undefined
  #timer: unknown
  #isClosed = false

  constructor(cache: Cache, { rules = defaultRules(), onAlert, every = '10s', clock = systemClock }: AlertsOptions) {
    this.#cache = cache
    this.#clock = clock
    this.#everyMs = parseDuration('every', every)
    if (this.#everyMs < 100)
      throw new InvalidOptionError(`Expected \`every\` to be at least '100ms', got ${this.#everyMs} ms.`)
    this.#onAlert = checkListener(onAlert)
    const startedAt = clock.now()
    this.#rules = checkRules(rules).map((rule) => new RuleWatch(rule, cache.name, startedAt))
    const names = rules.map(({ name }) => name)
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined)
      throw new InvalidOptionError(`Expected each rule to have a name of its own, got ${JSON.stringify(twice)} twice.`)
    this.#keepMs = Math.max(0, ...this.#rules.map(({ windowMs }) => windowMs))
    this.#look(0)
  }

  active(): readonly Alert[] {
    return this.#rules.flatMap(({ firing }) => (firing === undefined ? [] : [firing]))
  }

  status(): readonly RuleStatus[] {
    return this.#rules.map((rule) => rule.status())
  }

  history(): readonly Alert[] {
    return this.#history
  }

  check(): Promise<void> {
    // One look at a time: two would judge the same samples twice.
    this.#looking ??= this.#check().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  close(): void {
    this.#isClosed = true
    this.#clock.clearTimer(this.#timer)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #look(delayMs: number): void {
    if (this.#isClosed) return
    this.#timer = this.#clock.setTimer(() => {
      this.check().then(
        () => this.#look(this.#everyMs),
        (error: unknown) => {
          process.emitWarning(`The alerts of a cache could not look at it: ${String(error)}`, 'HoldfastWarning')
          this.#look(this.#everyMs)
        },
      )
    }, delayMs)
  }

  async #check(): Promise<void> {
    const sample = await takeSample(this.#cache, this.#clock.now())
    if (this.#isClosed) return
    const samples = [...this.#samples, sample]
    // One that is older than every window is kept, so that each is covered from end to end.
    const from = samples.findLastIndex(({ at }) => at <= sample.at - this.#keepMs)
    this.#samples = samples.slice(Math.max(0, from))
    for (const rule of this.#rules) {
      const alert = rule.look(this.#samples)
      if (alert !== undefined) this.#tell(alert)
    }
  }

  #tell(alert: Alert): void {
    this.#history = [alert, ...this.#history].slice(0, mostHistory)
    const warn = (error: unknown): void =>
      process.emitWarning(`\`onAlert\` of a cache threw: ${String(error)}`, 'HoldfastWarning')
    try {
      const returned = this.#onAlert?.(alert)
      if (returned instanceof Promise) returned.catch(warn)
    } catch (error) {
      warn(error)
    }
  }
}

function checkListener(onAlert: AlertsOptions['onAlert']): AlertsOptions['onAlert'] {
  if (onAlert === undefined || typeof onAlert === 'function') return onAlert
  throw new InvalidOptionError(`Expected \`onAlert\` to be a function, got ${typeof onAlert}.`)
}

function checkRules(rules: readonly AlertRule[]): readonly AlertRule[] {
  if (!Array.isArray(rules))
    throw new InvalidOptionError(`Expected \`rules\` to be an array of rules, got ${typeof rules}: \`defaultRules()\`.`)
  const hint = 'A rule is what `hitRatioBelow(0.8)` and its like return: call them.'
  for (const [index, rule] of rules.entries()) checkMethods(`rules[${index}]`, rule as AlertRule, ['judge'], hint)
  return rules
}
