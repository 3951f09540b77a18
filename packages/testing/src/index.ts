export { fakeClock, type FakeClock } from './fake-clock.ts'
export * from './redis/index.ts'
