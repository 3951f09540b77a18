export { ServerError, type ServerReply } from './commands.ts'
export type { Connection } from './connection.ts'
export type { LinkErrors, SimulatedCommand, SimulatedLink, SimulatedReply } from './link.ts'
export { mapStore, type MapStore } from './map-store.ts'
export { SimulatedProcess } from './process.ts'
export type { ScriptRedis, SimulatedScript, SimulatedServer } from './server.ts'
export { simulate, simulateSeeds } from './simulate.ts'
export { SimulatedRedis, type SimulatedConnector, type SimulatedRedisOptions } from './simulated-redis.ts'
export type { World } from './world.ts'
export {
  simulateHistory,
  type SimulatedCacheTerms,
  type SimulatedHistory,
  type SimulatedHistoryOptions,
} from './simulate-history.ts'
export { simulatedFaults, type SimulatedFault } from './simulated-faults.ts'
