// Written by `pnpm check:packages api --update`.

// @holdfast/msgpack

import { ByteSize } from '@holdfast/core';
import { Serializer } from '@holdfast/core';

export declare type Compression = 'deflate' | 'brotli' | 'zstd';

export declare interface CompressOptions {
    readonly above: ByteSize;
    readonly method?: Compression;
    readonly level?: number;
}

export declare function msgpack(options?: MsgpackOptions): Serializer;

export declare interface MsgpackOptions {
    readonly compress?: CompressOptions;
}

export { }
