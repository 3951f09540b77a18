export type { BreakerOptions, BreakerReason, BreakerScope, BreakerState, BreakerTransition } from './options.ts'
export { withBreaker } from './with-breaker.ts'
