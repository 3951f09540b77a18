export { memoryStore } from './memory-store.ts'
export type { MemoryStoreOptions, Weigh } from './options.ts'
