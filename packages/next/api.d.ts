// Written by `pnpm check:packages api --update`.

// @holdfast/next

import { Cache } from '@holdfast/core';
import { Duration } from '@holdfast/core';

export declare interface CacheControl {
    readonly revalidate: number | false;
    readonly expire?: number | undefined;
}

export declare function createCacheHandler(options: NextHandlerOptions): UseCacheHandler;

export declare function createIsrCacheHandler(options: IsrHandlerOptions): IsrHandlerClass;

export declare interface IsrEntry {
    readonly lastModified: number;
    readonly value: IsrValue | null;
    readonly cacheControl?: CacheControl;
}

export declare interface IsrGetContext {
    readonly kind: string;
    readonly tags?: readonly string[];
    readonly softTags?: readonly string[];
}

export declare interface IsrHandler {
    get(cacheKey: string, context: IsrGetContext): Promise<IsrEntry | null>;
    set(cacheKey: string, value: IsrValue | null, context: IsrSetContext): Promise<void>;
    revalidateTag(tags: string | readonly string[], durations?: RevalidateDurations): Promise<void>;
    resetRequestCache(): void;
}

export declare type IsrHandlerClass = new (context: IsrHandlerContext) => IsrHandler;

export declare interface IsrHandlerContext {
    readonly serverDistDir?: string;
    readonly revalidatedTags?: readonly string[];
}

export declare interface IsrHandlerOptions extends NextHandlerOptions {
    readonly buildId?: string | undefined;
}

export declare interface IsrSetContext {
    readonly kind?: string;
    readonly fetchCache?: boolean;
    readonly tags?: readonly string[];
    readonly cacheControl?: CacheControl | undefined;
}

export declare interface IsrValue {
    readonly kind: string;
    readonly headers?: unknown;
    readonly tags?: unknown;
    readonly revalidate?: unknown;
}

export declare interface NextHandlerOptions {
    readonly cache: Cache | (() => Cache);
    readonly namespace?: string | undefined;
    readonly maxAge?: Duration | undefined;
}

export declare interface RevalidateDurations {
    readonly expire?: number;
}

export declare interface UseCacheEntry {
    value: ReadableStream<Uint8Array>;
    tags: string[];
    stale: number;
    timestamp: number;
    expire: number;
    revalidate: number;
}

export declare interface UseCacheHandler {
    get(cacheKey: string, softTags: string[]): Promise<UseCacheEntry | undefined>;
    set(cacheKey: string, pendingEntry: Promise<UseCacheEntry>): Promise<void>;
    refreshTags(): Promise<void>;
    getExpiration(tags: string[]): Promise<number>;
    updateTags(tags: string[], durations?: RevalidateDurations): Promise<void>;
}

export { }
