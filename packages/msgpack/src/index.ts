export type { Compression } from './compress.ts'
export { msgpack, type CompressOptions, type MsgpackOptions } from './msgpack.ts'
