export type { BreakerOptions, BreakerReason, BreakerState, BreakerTransition } from './options.ts'
export { withBreaker } from './with-breaker.ts'
