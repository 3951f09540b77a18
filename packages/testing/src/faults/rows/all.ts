import type { FaultRow } from '../row.ts'
import { dataRows } from './data.ts'
import { networkRows } from './network.ts'
import { calmRow, processRows } from './process.ts'
import { rightsRows } from './rights.ts'
import { serverRows } from './server.ts'
import { topologyRows } from './topology.ts'

/** Every fault that the suite can make; the first is none. */
export const faultRows: readonly FaultRow[] = [
  calmRow,
  ...networkRows,
  ...serverRows,
  ...topologyRows,
  ...rightsRows,
  ...dataRows,
  ...processRows,
]
