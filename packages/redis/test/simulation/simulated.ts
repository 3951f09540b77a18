export {
  SimulatedRedis,
  simulate,
  simulateSeeds,
  SimulatedProcess,
  type World,
} from '../../../testing/src/simulation/index.ts'
