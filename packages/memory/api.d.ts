// Written by `pnpm check:packages api --update`.

// @holdfast/memory

import { ByteSize } from '@holdfast/core';
import { Clock } from '@holdfast/core';
import { Entry } from '@holdfast/core';
import type { MemoryStore } from '@holdfast/core';

export declare function memoryStore(options?: MemoryStoreOptions): MemoryStore;

export declare interface MemoryStoreOptions {
    readonly maxEntries?: number;
    readonly maxBytes?: ByteSize;
    readonly weigh?: Weigh;
    readonly clock?: Clock;
}

export declare type Weigh = (key: string, entry: Entry) => number;

export { }

// @holdfast/memory/node-cache

import { Clock } from '@holdfast/core';
import { MemoryStore } from '@holdfast/core';
import NodeCache from 'node-cache';

export declare function nodeCacheStore(instance?: NodeCache, clock?: Clock): MemoryStore;

export { }
