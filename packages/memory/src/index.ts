export type { ByteSize } from './byte-size.ts'
export { memoryStore } from './memory-store.ts'
export type { MemoryStoreOptions, Weigh } from './options.ts'
