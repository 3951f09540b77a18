import {
  alerts,
  defaultRules,
  hitRatioBelow,
  latencyAbove,
  memoryAbove,
  remoteFailing,
  type AlertRule,
  type Alerts,
  type Cache,
  type Duration,
} from 'holdfast'

/**
 * Watches the cache of an API process by the default rules. `API_ALERT_WINDOW` (`3s`) makes their windows that short, for a scenario
 * that cannot wait for minutes; limits and minimums stay what they are.
 */
export function watchCache(cache: Cache, env: NodeJS.ProcessEnv): Alerts {
  const window = env['API_ALERT_WINDOW'] as Duration | undefined
  if (window === undefined) return alerts(cache)
  return alerts(cache, { rules: rulesOver(window), every: '250ms' })
}

function rulesOver(window: Duration): readonly AlertRule[] {
  const rules = [
    hitRatioBelow(0.8, { window, warmUp: '0ms' }),
    remoteFailing(0.1, { window }),
    latencyAbove('100ms', { window }),
    memoryAbove(0.8, { window }),
  ]
  // Whoever changes what is watched by default changes what is proven here.
  const missing = defaultRules().filter(({ name, title }) =>
    rules.every((rule) => rule.name !== name || rule.title !== title),
  )
  if (missing.length > 0)
    throw new Error(`Other rules are the default now: ${missing.map(({ title }) => title).join(', ')}.`)
  return rules
}
