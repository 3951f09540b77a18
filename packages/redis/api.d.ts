// Written by `pnpm check:packages api --update`.

// @holdfast/redis

import type { Cluster } from 'ioredis';
import type { ClusterNode } from 'ioredis';
import type { ClusterOptions } from 'ioredis';
import { Duration } from '@holdfast/core';
import { Redis } from 'ioredis';
import { RedisOptions } from 'ioredis';
import { RemoteStore } from '@holdfast/core';

export declare interface ClusterExamination {
    readonly address: string;
    readonly slotsMissing: number;
    readonly nodes: readonly NodeExamination[];
}

export declare function examineCluster(cluster: RedisCluster, { prefix }?: {
    readonly prefix?: string;
}): Promise<ClusterExamination>;

export declare function examineRedis(server: RedisServer, { prefix }?: {
    readonly prefix?: string;
}): Promise<RedisExamination>;

export declare function leastPrivilege(prefix: string): string;

export declare interface NodeExamination {
    readonly address: string;
    readonly slots: number;
    readonly replicas: number;
    readonly found: RedisExamination | Error;
}

export declare type OnRestart = 'epoch' | 'replay' | 'trust';

export declare type RedisCluster = RedisClusterNodes | Cluster;

export declare interface RedisClusterNodes {
    readonly cluster: readonly ClusterNode[];
    readonly redisOptions?: RedisOptions;
    readonly natMap?: ClusterOptions['natMap'];
}

export declare interface RedisExamination {
    readonly address: string;
    readonly connectMs: number;
    readonly version: string | undefined;
    readonly mode: string | undefined;
    readonly role: string | undefined;
    readonly pingMs: {
        readonly median: number;
        readonly max: number;
    };
    readonly clockAheadMs: number | undefined;
    readonly memory: {
        readonly usedBytes: number | undefined;
        readonly maxBytes: number | undefined;
        readonly policy: string | undefined;
        readonly evictedKeys: number | undefined;
    };
    readonly persistence: {
        readonly isAppendOnly: boolean | undefined;
        readonly snapshots: string | undefined;
        readonly isFailing: boolean | undefined;
    };
    readonly clients: {
        readonly connected: number | undefined;
        readonly max: number | undefined;
    };
    readonly rights: readonly RedisRight[];
    readonly announcements: {
        readonly heardMs: number;
    } | {
        readonly refused: string;
    };
}

export declare interface RedisRight {
    readonly command: string;
    readonly refused: string | undefined;
}

export declare type RedisServer = string | RedisOptions | Redis;

export declare function redisStore(server: RedisServer | RedisCluster, options?: RedisStoreOptions): RemoteStore;

export declare interface RedisStoreOptions {
    readonly prefix?: string;
    readonly connections?: number;
    readonly batch?: {
        readonly maxKeys?: number;
        readonly maxBytes?: number;
    };
    readonly connectTimeout?: Duration;
    readonly heartbeatTimeout?: Duration;
    readonly onRestart?: OnRestart;
    readonly replayWindow?: Duration;
    readonly maxTags?: number;
}

export { }
