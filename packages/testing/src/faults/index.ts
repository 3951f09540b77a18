export { startFaultProxy, type FaultProxy, type NetworkFaults } from './fault-proxy.ts'
export type { LaneFaults } from './lane.ts'
