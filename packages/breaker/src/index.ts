export type { BreakerOptions, BreakerState } from './options.ts'
export { withBreaker } from './with-breaker.ts'
