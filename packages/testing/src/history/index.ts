export { checkHistory, type HistoryOptions } from './check-history.ts'
export type {
  CheckedCache,
  CheckedCacheModule,
  CheckedCacheOptions,
  CheckedOptions,
  CheckedSpace,
  CheckedValue,
  CheckedWritten,
} from './checked-cache.ts'
export { clusterFaults, historyFaults, sentinelFaults, type HistoryFault } from './faults.ts'
export type { Lateness } from './lateness.ts'
export type { HistoryRecipe, HistoryReport } from './report.ts'
export type { HistoryMode } from './worker-messages.ts'
