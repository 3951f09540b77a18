export { checkFaults, faultNames, type FaultResult, type FaultsOptions } from './check-faults.ts'
export { faultTable } from './fault-table.ts'
export type { FaultRow } from './row.ts'
export {
  faultOperations,
  type FaultCallOptions,
  type FaultOperation,
  type FaultPlace,
  type FaultSubject,
  type FaultSubjectModule,
  type FaultSubjectOptions,
  type FaultValue,
} from './subject.ts'
