export type { WarmBatchJob, WarmEachJob, WarmJob, WarmKeys, WarmManyContext } from './job.ts'
export type { WarmerOptions } from './options.ts'
export type { WarmEvents, WarmJobReport, WarmOutcome, WarmProgress, WarmReport } from './report.ts'
export { createWarmer, type Warmer, type WarmRunOptions, type WarmSchedule } from './warmer.ts'
