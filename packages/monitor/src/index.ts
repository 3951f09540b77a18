export type { AlertRule, AlertWindow, Judgement } from './alert-rule.ts'
export { alerts, type Alerts, type AlertsOptions } from './alerts.ts'
export {
  defaultRules,
  hitRatioBelow,
  latencyAbove,
  memoryAbove,
  remoteFailing,
  type RuleOptions,
} from './default-rules.ts'
export { health, type Health } from './health.ts'
export type { Alert, RuleStatus } from './rule-watch.ts'
export type { Sample } from './sample.ts'
export { dashboard, type Dashboard, type DashboardOptions } from './dashboard/dashboard.ts'
export { nodeHandler } from './dashboard/node-handler.ts'
export { serveDashboard, type ServedDashboard, type ServeDashboardOptions } from './dashboard/serve-dashboard.ts'
