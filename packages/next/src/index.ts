export { createIsrCacheHandler, type IsrHandlerClass, type IsrHandlerOptions } from './isr-handler.ts'
export type * from './next-contracts.ts'
export type { NextHandlerOptions } from './options.ts'
export { createCacheHandler } from './use-cache-handler.ts'
