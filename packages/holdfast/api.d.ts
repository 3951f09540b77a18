// Written by `pnpm check:packages api --update`.

// holdfast

import { Cache } from '@holdfast/core';
import { CacheOptions } from '@holdfast/core';
import { Clock } from '@holdfast/core';
import { Duration } from '@holdfast/core';
import { LoadContext } from '@holdfast/core';
import type { Loader } from '@holdfast/core';
import { MemoryStore } from '@holdfast/core';
import type { ReadOptions } from '@holdfast/core';
import { RemoteStore } from '@holdfast/core';
import { WarmBatchJob } from '@holdfast/warm';
import type { Warmer } from '@holdfast/warm';
import { WarmerOptions } from '@holdfast/warm';
import { WarmKeys } from '@holdfast/warm';
import { WarmReport } from '@holdfast/warm';
import { WarmRunOptions } from '@holdfast/warm';
import { Written } from '@holdfast/core';

declare interface Access {
    readonly username?: string;
    readonly password?: string;
    readonly tls?: {};
}

declare type AsyncMethod = (...args: never[]) => Promise<unknown>;

export declare function base64(text: string): string;

export declare interface BatteryOptions<V = unknown> extends Omit<CacheOptions<V>, 'memory'> {
    readonly memory?: MemoryStore | false | undefined;
}

export declare interface CachedMethod {
    <F extends AsyncMethod>(method: F, context: ClassMethodDecoratorContext): F;
    <F extends AsyncMethod>(target: object, property: string | symbol, descriptor: TypedPropertyDescriptor<F>): TypedPropertyDescriptor<F>;
}

export declare interface CacheHealth {
    readonly status: 'healthy' | 'degraded' | 'unhealthy';
    readonly redis: boolean;
    readonly fallback: boolean;
    readonly latency: number | null;
    readonly problems: readonly string[];
}

export declare type CacheInvalidator<T extends TagNames> = Invalidations & {
    readonly [Name in keyof T & string as `invalidate${PascalCase<Name>}`]: () => Promise<Written>;
};

export declare interface CacheMonitor {
    getStats(): Promise<CacheStats>;
    healthCheck(): Promise<CacheHealth>;
}

export declare interface CacheParts {
    readonly name?: string;
    readonly memory?: (() => MemoryStore) | false;
    readonly remote?: (() => RemoteStore) | false;
    readonly maxStaleness?: Duration;
    readonly clock?: Clock;
}

export declare interface CacheStats {
    readonly hits: number;
    readonly misses: number;
    readonly hitRate: string;
    readonly isConnected: boolean;
    readonly redisConnected: boolean;
    readonly fallbackCacheSize: number;
    readonly memoryCacheSize: number;
    readonly memoryHits: number;
    readonly redisHits: number;
    readonly staleHits: number;
    readonly loads: number;
    readonly loadErrors: number;
    readonly coalesced: number;
    readonly invalidations: number;
    readonly evictions: number;
    readonly redisErrors: number;
    readonly queuedInvalidations: number;
}

export declare interface CacheStatus {
    GET(request?: Request): Promise<Response>;
    POST(request: Request): Promise<Response>;
}

export declare interface CacheWarmer {
    warmCache(options?: WarmRunOptions): Promise<WarmReport>;
    readonly isRunning: boolean;
    readonly last: WarmReport | undefined;
}

export declare type CacheWrapper = <T>(key: string, load: Loader<T>, options?: KitReadOptions<T>) => Promise<Wrapped<T>>;

export declare interface CallContext {
    readonly key: string;
    readonly hit: boolean;
    readonly source: 'memory' | 'redis' | 'loader';
    readonly stale: boolean;
    readonly age: number;
    readonly ttl: number;
    readonly tags: readonly string[];
}

declare interface ClusterPlaces {
    readonly cluster: readonly Place[];
    readonly redisOptions: Access;
}

export declare function createCache<V = unknown>(options?: BatteryOptions<V>): Cache<V>;

export declare function createKit<const K extends KeyBuilders = {}, const T extends TagNames = {}>(options?: KitOptions<K, T>): Kit<K, T>;

export declare function describePlace(place: RedisFromEnvironment): string;

export declare interface Environment {
    readonly redis: RedisFromEnvironment | undefined;
    readonly prefix: string;
    readonly defaultTtlSeconds: number;
    readonly maxMemoryBytes: number | undefined;
    readonly isBypassed: boolean;
    readonly isDebugging: boolean;
    readonly warmTimes: WarmTimes;
    readonly adminToken: string | undefined;
}

export declare interface Incoming {
    readonly method: string;
    readonly url: URL;
    header(name: string): string | undefined;
}

declare interface Invalidations {
    invalidateByTags(tags: readonly string[]): Promise<Written>;
    invalidateByPattern(pattern: string): Promise<Written>;
    invalidateKeys(keys: readonly string[]): Promise<Written>;
}

export declare type KeyBuilders = Readonly<Record<string, (...parts: never[]) => string>>;

export declare interface Kit<K extends KeyBuilders, T extends TagNames> {
    readonly Cache: KitCache;
    readonly CacheKeys: Readonly<K>;
    readonly CacheTags: Readonly<T>;
    readonly cacheWrapper: CacheWrapper;
    readonly withCache: WithCache;
    readonly CacheInvalidator: CacheInvalidator<T>;
    readonly CacheMonitor: CacheMonitor;
    readonly CacheWarmer: CacheWarmer;
    readonly cacheStatus: CacheStatus;
    readonly cache: Cache;
    readonly close: () => Promise<void>;
}

export declare interface KitCache {
    set(key: string, data: unknown, ttl?: Seconds, tags?: readonly string[]): Promise<Written>;
    get<T = unknown>(key: string): Promise<T | null>;
    remember<T>(key: string, load: Loader<T>, ttl?: Seconds, tags?: readonly string[]): Promise<T>;
    getMany<T = unknown>(keys: readonly string[]): Promise<ReadonlyMap<string, T>>;
    setMany(entries: Iterable<readonly [key: string, data: unknown]>, ttl?: Seconds, tags?: readonly string[]): Promise<Written>;
    delete(keys: string | readonly string[]): Promise<Written>;
    has(key: string): Promise<boolean>;
    clear(): Promise<Written>;
}

export declare type KitDefaults = Omit<KitReadOptions, 'signal' | 'force'>;

declare interface KitJobBase extends Omit<KitReadOptions<never>, 'signal' | 'force' | 'skipRemote' | 'refreshAhead' | 'softTimeout'> {
    readonly name?: string | undefined;
}

export declare interface KitOptions<K extends KeyBuilders = KeyBuilders, T extends TagNames = TagNames> extends CacheParts {
    readonly keys?: K;
    readonly tags?: T;
    readonly defaults?: KitDefaults;
    readonly warm?: readonly KitWarmJob[];
    readonly warming?: KitWarming;
    readonly bypass?: boolean;
    readonly env?: Variables;
    readonly log?: WriteLine;
}

export declare interface KitReadOptions<V = unknown> extends Omit<ReadOptions<V>, 'ttl' | 'grace' | 'softTimeout' | 'timeout' | 'tags'> {
    readonly ttl?: Seconds | ((value: V) => Seconds) | undefined;
    readonly grace?: Seconds | undefined;
    readonly softTimeout?: Seconds | undefined;
    readonly timeout?: Seconds | undefined;
    readonly tags?: readonly string[] | ((value: V) => readonly string[]) | undefined;
}

export declare type KitWarming = Omit<WarmerOptions, 'jobs' | 'name'>;

export declare type KitWarmJob = KitJobBase & ({
    readonly key: string;
    readonly load: (key: string, context: LoadContext) => unknown;
} | {
    readonly keys: WarmKeys;
    readonly load: (key: string, context: LoadContext) => unknown;
} | {
    readonly keys: WarmKeys;
    readonly loadMany: WarmBatchJob['loadMany'];
    readonly batch?: number | undefined;
});

export declare function parseEnvironment(variables: Variables): Environment;

export declare type PascalCase<Name extends string> = Name extends `${infer Head}_${infer Tail}` ? `${Word<Head>}${PascalCase<Tail>}` : Word<Name>;

declare interface Place {
    readonly host: string;
    readonly port: number;
}

export declare type RedisFromEnvironment = string | SentinelPlaces | ClusterPlaces;

export declare type Seconds = number | Duration;

declare interface SentinelPlaces extends Access {
    readonly sentinels: Place[];
    readonly name: string;
    readonly sentinelUsername?: string;
    readonly sentinelPassword?: string;
    readonly db?: number;
    readonly enableTLSForSentinelMode?: boolean;
    readonly sentinelTLS?: {};
}

export declare interface StatusRoute extends CacheStatus {
    readonly handle: (request: Request) => Promise<Response>;
}

export declare function statusRoute(cache: Cache, options?: StatusRouteOptions): StatusRoute;

export declare interface StatusRouteOptions {
    readonly adminToken?: string | undefined;
    readonly warmer?: Warmer | undefined;
}

export declare type TagNames = Readonly<Record<string, string>>;

export declare type Variables = Readonly<Record<string, string | undefined>>;

export declare type Vary = readonly string[] | ((request: Incoming) => string);

export declare interface WarmTimes {
    readonly isOnStart: boolean;
    readonly intervalSeconds: number | undefined;
}

export declare type WithCache = (options?: WithCacheOptions) => CachedMethod;

export declare interface WithCacheOptions extends KitReadOptions<never> {
    readonly key?: string | ((...args: never[]) => string) | undefined;
    readonly name?: string | undefined;
    readonly vary?: Vary | undefined;
}

declare type Word<Text extends string> = Text extends Uppercase<Text> ? Capitalize<Lowercase<Text>> : Capitalize<Text>;

export declare interface Wrapped<T> {
    readonly data: T;
    readonly context: CallContext;
}

export declare type WriteLine = (line: string) => void;

export * from "@holdfast/breaker";
export * from "@holdfast/core";
export * from "@holdfast/memory";
export * from "@holdfast/monitor";
export * from "@holdfast/msgpack";
export * from "@holdfast/redis";
export * from "@holdfast/warm";

export { }

// holdfast/middleware

import { Duration } from '@holdfast/core';
import type { Loader } from '@holdfast/core';
import type { ReadOptions } from '@holdfast/core';
import { WarmReport } from '@holdfast/warm';
import { WarmRunOptions } from '@holdfast/warm';
import { Written } from '@holdfast/core';

declare type AsyncMethod = (...args: never[]) => Promise<unknown>;

declare interface CachedMethod {
    <F extends AsyncMethod>(method: F, context: ClassMethodDecoratorContext): F;
    <F extends AsyncMethod>(target: object, property: string | symbol, descriptor: TypedPropertyDescriptor<F>): TypedPropertyDescriptor<F>;
}

declare interface CacheHealth {
    readonly status: 'healthy' | 'degraded' | 'unhealthy';
    readonly redis: boolean;
    readonly fallback: boolean;
    readonly latency: number | null;
    readonly problems: readonly string[];
}

export declare const CacheInvalidator: CacheInvalidator_2<{}>;

declare type CacheInvalidator_2<T extends TagNames> = Invalidations & {
    readonly [Name in keyof T & string as `invalidate${PascalCase<Name>}`]: () => Promise<Written>;
};

export declare const CacheMonitor: CacheMonitor_2;

declare interface CacheMonitor_2 {
    getStats(): Promise<CacheStats>;
    healthCheck(): Promise<CacheHealth>;
}

declare interface CacheStats {
    readonly hits: number;
    readonly misses: number;
    readonly hitRate: string;
    readonly isConnected: boolean;
    readonly redisConnected: boolean;
    readonly fallbackCacheSize: number;
    readonly memoryCacheSize: number;
    readonly memoryHits: number;
    readonly redisHits: number;
    readonly staleHits: number;
    readonly loads: number;
    readonly loadErrors: number;
    readonly coalesced: number;
    readonly invalidations: number;
    readonly evictions: number;
    readonly redisErrors: number;
    readonly queuedInvalidations: number;
}

declare interface CacheStatus {
    GET(request?: Request): Promise<Response>;
    POST(request: Request): Promise<Response>;
}

export declare const cacheStatus: CacheStatus;

export declare const CacheWarmer: CacheWarmer_2;

declare interface CacheWarmer_2 {
    warmCache(options?: WarmRunOptions): Promise<WarmReport>;
    readonly isRunning: boolean;
    readonly last: WarmReport | undefined;
}

declare type CacheWrapper = <T>(key: string, load: Loader<T>, options?: KitReadOptions<T>) => Promise<Wrapped<T>>;

export declare const cacheWrapper: CacheWrapper;

declare interface CallContext {
    readonly key: string;
    readonly hit: boolean;
    readonly source: 'memory' | 'redis' | 'loader';
    readonly stale: boolean;
    readonly age: number;
    readonly ttl: number;
    readonly tags: readonly string[];
}

declare interface Incoming {
    readonly method: string;
    readonly url: URL;
    header(name: string): string | undefined;
}

declare interface Invalidations {
    invalidateByTags(tags: readonly string[]): Promise<Written>;
    invalidateByPattern(pattern: string): Promise<Written>;
    invalidateKeys(keys: readonly string[]): Promise<Written>;
}

declare interface KitReadOptions<V = unknown> extends Omit<ReadOptions<V>, 'ttl' | 'grace' | 'softTimeout' | 'timeout' | 'tags'> {
    readonly ttl?: Seconds | ((value: V) => Seconds) | undefined;
    readonly grace?: Seconds | undefined;
    readonly softTimeout?: Seconds | undefined;
    readonly timeout?: Seconds | undefined;
    readonly tags?: readonly string[] | ((value: V) => readonly string[]) | undefined;
}

declare type PascalCase<Name extends string> = Name extends `${infer Head}_${infer Tail}` ? `${Word<Head>}${PascalCase<Tail>}` : Word<Name>;

declare type Seconds = number | Duration;

declare type TagNames = Readonly<Record<string, string>>;

declare type Vary = readonly string[] | ((request: Incoming) => string);

export declare function withCache(options?: WithCacheOptions): CachedMethod;

declare interface WithCacheOptions extends KitReadOptions<never> {
    readonly key?: string | ((...args: never[]) => string) | undefined;
    readonly name?: string | undefined;
    readonly vary?: Vary | undefined;
}

declare type Word<Text extends string> = Text extends Uppercase<Text> ? Capitalize<Lowercase<Text>> : Capitalize<Text>;

declare interface Wrapped<T> {
    readonly data: T;
    readonly context: CallContext;
}

export { }

// holdfast/next

import { IsrHandlerClass } from '@holdfast/next';
import { IsrHandlerOptions } from '@holdfast/next';
import { NextHandlerOptions } from '@holdfast/next';
import { UseCacheHandler } from '@holdfast/next';

export declare function createCacheHandler(options?: WithoutCache<NextHandlerOptions>): UseCacheHandler;

export declare function createIsrCacheHandler(options?: WithoutCache<IsrHandlerOptions>): IsrHandlerClass;

declare type WithoutCache<O extends NextHandlerOptions> = Omit<O, 'cache'> & Partial<Pick<O, 'cache'>>;

export * from "@holdfast/next";

export { }

// holdfast/next/isr

import type { IsrHandlerClass } from '@holdfast/next';

declare const handler: IsrHandlerClass;
export default handler;

export { }

// holdfast/next/use-cache

import type { UseCacheHandler } from '@holdfast/next';

declare const handler: UseCacheHandler;
export default handler;

export { }

// holdfast/redis

import { Duration } from '@holdfast/core';
import type { Loader } from '@holdfast/core';
import type { Written } from '@holdfast/core';

export declare const Cache: KitCache;

export declare function close(): Promise<void>;

declare interface KitCache {
    set(key: string, data: unknown, ttl?: Seconds, tags?: readonly string[]): Promise<Written>;
    get<T = unknown>(key: string): Promise<T | null>;
    remember<T>(key: string, load: Loader<T>, ttl?: Seconds, tags?: readonly string[]): Promise<T>;
    getMany<T = unknown>(keys: readonly string[]): Promise<ReadonlyMap<string, T>>;
    setMany(entries: Iterable<readonly [key: string, data: unknown]>, ttl?: Seconds, tags?: readonly string[]): Promise<Written>;
    delete(keys: string | readonly string[]): Promise<Written>;
    has(key: string): Promise<boolean>;
    clear(): Promise<Written>;
}

declare type Seconds = number | Duration;

export { }
