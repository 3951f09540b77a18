// Written by `pnpm check:packages api --update`.

// @holdfast/testing

import type { Clock } from '@holdfast/core';
import type { EvictReason } from '@holdfast/core';
import type { MemoryStore } from '@holdfast/core';
import type { RemoteStore } from '@holdfast/core';
import type { Serializer } from '@holdfast/core';

export declare interface Authority {
    readonly cert: string;
    readonly privateKey: string;
}

export declare function commanders(connection: ProxiedConnection): boolean;

export declare type Direction = 'up' | 'down';

export declare interface FakeClock extends Clock {
    advance(ms: number): Promise<void>;
    stall(ms: number): void;
    readonly pendingTimers: number;
}

export declare function fakeClock(startAt?: number): FakeClock;

export declare interface Fault extends AsyncDisposable {
    heal(): Promise<void>;
}

export declare interface FaultProxy extends AsyncDisposable {
    readonly host: '127.0.0.1';
    readonly port: number;
    url(): string;
    connections(): readonly ProxiedConnection[];
    readonly accepted: number;
    latency(delayMs: number | (() => number), where?: Where): Fault;
    bandwidth(bytesPerSecond: number, where?: Where): Fault;
    drip(piece?: {
        readonly bytes?: number;
        readonly everyMs?: number;
    }, where?: Where): Fault;
    blackHole(where?: Where): Fault;
    lose(where?: Where): Fault;
    cutAfter(bytes: number | (() => number), where?: Where & {
        readonly by?: 'reset' | 'end';
    }): Fault;
    refuse(): Fault;
    reset(where?: Where): number;
    halfOpen(where?: Where): number;
    heal(): Promise<void>;
    close(): Promise<void>;
}

export declare function freePort(): Promise<number>;

export declare interface HostileBytes {
    readonly samples: readonly Uint8Array[];
    readonly count: number;
    readonly seed?: number;
}

export declare interface MapStore extends MemoryStore {
    evict(key: string, reason?: EvictReason): void;
}

export declare function mapStore(maxEntries?: number): MapStore;

export declare type MemoryAbility = 'maxEntries' | 'maxBytes' | 'onEvict';

export declare interface MemoryBounds {
    readonly maxEntries?: number;
    readonly maxBytes?: number;
    readonly clock: Clock;
}

export declare interface MemoryStoreSuite {
    readonly name?: string;
    readonly open: (bounds: MemoryBounds) => MemoryStore;
    readonly abilities: readonly MemoryAbility[];
    readonly skip?: readonly Skip[];
}

export declare interface ProvideRedisOptions {
    readonly env?: NodeJS.ProcessEnv;
    readonly folders?: readonly string[];
    readonly cacheFolder?: string;
    readonly report?: (line: string) => void;
}

export declare function provideRedisServer(options?: ProvideRedisOptions): Promise<string>;

export declare interface ProxiedConnection {
    readonly id: number;
    readonly commands: readonly string[];
    readonly isSubscriber: boolean;
    readonly bytesUp: number;
    readonly bytesDown: number;
}

export declare interface ProxyTarget {
    readonly host?: string;
    readonly port: number;
    readonly url?: string;
}

export declare class RawConnection {
    #private;
    private constructor();
    static open(options: RawConnectionOptions): Promise<RawConnection>;
    get isOpen(): boolean;
    send(args: readonly (string | number | Uint8Array)[]): Promise<RespReply>;
    stream(args: readonly string[], onPush: (reply: RespReply) => void): Promise<void>;
    close(): void;
}

export declare interface RawConnectionOptions {
    readonly host: string;
    readonly port: number;
    readonly username?: string;
    readonly password?: string;
    readonly timeoutMs?: number;
}

export declare interface RedisCluster extends AsyncDisposable {
    readonly nodes: readonly RedisServer[];
    readonly seeds: readonly {
        readonly host: string;
        readonly port: number;
    }[];
    readonly tls: {
        readonly seeds: RedisCluster['seeds'];
        readonly ca: string;
    } | undefined;
    primaries(): Promise<readonly RedisServer[]>;
    ownerOf(keyOrSlot: string | number): Promise<RedisServer>;
    replicaOf(primary: RedisServer): Promise<RedisServer>;
    slotOf(key: string): Promise<number>;
    command(...args: readonly (string | number | Uint8Array)[]): Promise<TextReply>;
    failOver(primary: RedisServer): Promise<void>;
    settled(): Promise<void>;
    beginMove(slot: number, to: RedisServer): Promise<SlotMove>;
    move(slots: readonly number[], to: RedisServer): Promise<void>;
    stop(): Promise<void>;
}

export declare class RedisReplyError extends Error {
    readonly code: string;
    constructor(line: string);
}

export declare interface RedisSentinels extends AsyncDisposable {
    readonly name: string;
    readonly servers: readonly RedisServer[];
    readonly sentinels: readonly RedisServer[];
    readonly addresses: readonly {
        readonly host: string;
        readonly port: number;
    }[];
    primary(): Promise<RedisServer>;
    failOver(): Promise<void>;
    failedOverFrom(server: RedisServer): Promise<void>;
    settled(): Promise<void>;
    stop(): Promise<void>;
}

export declare interface RedisServer extends AsyncDisposable {
    readonly host: '127.0.0.1';
    readonly port: number;
    readonly url: string;
    readonly isRunning: boolean;
    readonly tls: TlsEnd | undefined;
    readonly socketPath: string;
    command(...args: readonly (string | number | Uint8Array)[]): Promise<TextReply>;
    commandBytes(...args: readonly (string | number | Uint8Array)[]): Promise<RespReply>;
    readonly admin: {
        readonly username: string;
        readonly password: string;
    };
    answers(): Promise<boolean>;
    connect(): Promise<RawConnection>;
    commandCounts(): Promise<ReadonlyMap<string, number>>;
    save(): Promise<void>;
    kill(): Promise<void>;
    freeze(): Promise<void>;
    thaw(): void;
    restart(options: RestartOptions): Promise<void>;
    stop(): Promise<void>;
}

export declare interface RefusingProxy extends AsyncDisposable {
    readonly host: '127.0.0.1';
    readonly port: number;
    readonly url: string;
    readonly refused: number;
    close(): Promise<void>;
}

export declare type RemoteAbility = 'lease' | 'settle' | 'expire' | 'tags' | 'matching' | 'clear' | 'scan' | 'listen' | 'guard' | 'barrier' | 'ping' | 'reopen' | 'describe';

export declare interface RemoteBackend {
    readonly plant?: (key: string, what: Uint8Array | 'list') => Promise<void>;
    readonly peek?: (key: string) => Promise<Uint8Array | undefined>;
    readonly evict?: (key: string) => Promise<void>;
    readonly wipe?: () => Promise<void>;
    readonly freeze?: () => Promise<void>;
    readonly thaw?: () => void | Promise<void>;
}

export declare interface RemoteStoreSuite {
    readonly name?: string;
    readonly open: () => RemoteStore | Promise<RemoteStore>;
    readonly abilities: readonly RemoteAbility[];
    readonly backend?: RemoteBackend;
    readonly clock?: Clock;
    readonly wait?: (ms: number) => Promise<void>;
    readonly stall?: (ms: number) => void;
    readonly skip?: readonly Skip[];
}

export declare type RespReply = string | number | Buffer | null | RedisReplyError | readonly RespReply[];

export declare interface RestartOptions {
    readonly data: 'empty' | 'kept' | 'older';
}

export declare type Rewrite = (command: readonly string[]) => readonly string[] | undefined;

export declare interface SerializerSuite {
    readonly name?: string;
    readonly open: () => Serializer;
    readonly skip?: readonly Skip[];
}

export declare interface Skip {
    readonly reason: string;
    readonly cases: readonly string[];
}

export declare class SlotMove {
    #private;
    readonly slot: number;
    private constructor();
    static begin(nodes: readonly RedisServer[], slot: number, from: RedisServer, to: RedisServer): Promise<SlotMove>;
    keys(most?: number): Promise<number>;
    end(): Promise<void>;
}

export declare function startCluster(options?: StartClusterOptions): Promise<RedisCluster>;

export declare interface StartClusterOptions extends Omit<StartRedisOptions, 'tls'> {
    readonly tls?: boolean;
    readonly primaries?: number;
    readonly replicas?: number;
    readonly nodeTimeoutMs?: number;
}

export declare function startFaultProxy(target: ProxyTarget): Promise<FaultProxy>;

export declare function startRedis(options?: StartRedisOptions): Promise<RedisServer>;

export declare interface StartRedisOptions {
    readonly config?: Readonly<Record<string, string | number | readonly string[]>>;
    readonly password?: string;
    readonly tls?: boolean | Authority;
    readonly sentinel?: boolean;
    readonly binary?: string;
}

export declare function startRefusingProxy(target: ProxyTarget, rewrite: Rewrite): Promise<RefusingProxy>;

export declare function startSentinels(options?: StartSentinelsOptions): Promise<RedisSentinels>;

export declare interface StartSentinelsOptions extends Omit<StartRedisOptions, 'tls' | 'sentinel'> {
    readonly sentinels?: number;
    readonly replicas?: number;
    readonly name?: string;
    readonly downAfterMs?: number;
}

export declare function subscribers(connection: ProxiedConnection): boolean;

export declare function testMemoryStore(suite: MemoryStoreSuite): void;

export declare function testRemoteStore(suite: RemoteStoreSuite): void;

export declare function testSerializer(suite: SerializerSuite): void;

export declare type TextReply = string | number | null | Error | readonly TextReply[];

export declare interface TlsEnd {
    readonly url: string;
    readonly port: number;
    readonly ca: string;
}

export declare function tryHostileBytes({ samples, count, seed }: HostileBytes, check: (bytes: Buffer) => void): void;

export declare interface Where {
    readonly direction?: Direction | 'both';
    readonly only?: (connection: ProxiedConnection) => boolean;
}

export { }

// @holdfast/testing/redis

export declare interface Authority {
    readonly cert: string;
    readonly privateKey: string;
}

export declare function freePort(): Promise<number>;

export declare interface ProvideRedisOptions {
    readonly env?: NodeJS.ProcessEnv;
    readonly folders?: readonly string[];
    readonly cacheFolder?: string;
    readonly report?: (line: string) => void;
}

export declare function provideRedisServer(options?: ProvideRedisOptions): Promise<string>;

export declare class RawConnection {
    #private;
    private constructor();
    static open(options: RawConnectionOptions): Promise<RawConnection>;
    get isOpen(): boolean;
    send(args: readonly (string | number | Uint8Array)[]): Promise<RespReply>;
    stream(args: readonly string[], onPush: (reply: RespReply) => void): Promise<void>;
    close(): void;
}

export declare interface RawConnectionOptions {
    readonly host: string;
    readonly port: number;
    readonly username?: string;
    readonly password?: string;
    readonly timeoutMs?: number;
}

export declare interface RedisCluster extends AsyncDisposable {
    readonly nodes: readonly RedisServer[];
    readonly seeds: readonly {
        readonly host: string;
        readonly port: number;
    }[];
    readonly tls: {
        readonly seeds: RedisCluster['seeds'];
        readonly ca: string;
    } | undefined;
    primaries(): Promise<readonly RedisServer[]>;
    ownerOf(keyOrSlot: string | number): Promise<RedisServer>;
    replicaOf(primary: RedisServer): Promise<RedisServer>;
    slotOf(key: string): Promise<number>;
    command(...args: readonly (string | number | Uint8Array)[]): Promise<TextReply>;
    failOver(primary: RedisServer): Promise<void>;
    settled(): Promise<void>;
    beginMove(slot: number, to: RedisServer): Promise<SlotMove>;
    move(slots: readonly number[], to: RedisServer): Promise<void>;
    stop(): Promise<void>;
}

export declare class RedisReplyError extends Error {
    readonly code: string;
    constructor(line: string);
}

export declare interface RedisSentinels extends AsyncDisposable {
    readonly name: string;
    readonly servers: readonly RedisServer[];
    readonly sentinels: readonly RedisServer[];
    readonly addresses: readonly {
        readonly host: string;
        readonly port: number;
    }[];
    primary(): Promise<RedisServer>;
    failOver(): Promise<void>;
    failedOverFrom(server: RedisServer): Promise<void>;
    settled(): Promise<void>;
    stop(): Promise<void>;
}

export declare interface RedisServer extends AsyncDisposable {
    readonly host: '127.0.0.1';
    readonly port: number;
    readonly url: string;
    readonly isRunning: boolean;
    readonly tls: TlsEnd | undefined;
    readonly socketPath: string;
    command(...args: readonly (string | number | Uint8Array)[]): Promise<TextReply>;
    commandBytes(...args: readonly (string | number | Uint8Array)[]): Promise<RespReply>;
    readonly admin: {
        readonly username: string;
        readonly password: string;
    };
    answers(): Promise<boolean>;
    connect(): Promise<RawConnection>;
    commandCounts(): Promise<ReadonlyMap<string, number>>;
    save(): Promise<void>;
    kill(): Promise<void>;
    freeze(): Promise<void>;
    thaw(): void;
    restart(options: RestartOptions): Promise<void>;
    stop(): Promise<void>;
}

export declare type RespReply = string | number | Buffer | null | RedisReplyError | readonly RespReply[];

export declare interface RestartOptions {
    readonly data: 'empty' | 'kept' | 'older';
}

export declare class SlotMove {
    #private;
    readonly slot: number;
    private constructor();
    static begin(nodes: readonly RedisServer[], slot: number, from: RedisServer, to: RedisServer): Promise<SlotMove>;
    keys(most?: number): Promise<number>;
    end(): Promise<void>;
}

export declare function startCluster(options?: StartClusterOptions): Promise<RedisCluster>;

export declare interface StartClusterOptions extends Omit<StartRedisOptions, 'tls'> {
    readonly tls?: boolean;
    readonly primaries?: number;
    readonly replicas?: number;
    readonly nodeTimeoutMs?: number;
}

export declare function startRedis(options?: StartRedisOptions): Promise<RedisServer>;

export declare interface StartRedisOptions {
    readonly config?: Readonly<Record<string, string | number | readonly string[]>>;
    readonly password?: string;
    readonly tls?: boolean | Authority;
    readonly sentinel?: boolean;
    readonly binary?: string;
}

export declare function startSentinels(options?: StartSentinelsOptions): Promise<RedisSentinels>;

export declare interface StartSentinelsOptions extends Omit<StartRedisOptions, 'tls' | 'sentinel'> {
    readonly sentinels?: number;
    readonly replicas?: number;
    readonly name?: string;
    readonly downAfterMs?: number;
}

export declare type TextReply = string | number | null | Error | readonly TextReply[];

export declare interface TlsEnd {
    readonly url: string;
    readonly port: number;
    readonly ca: string;
}

export { }

// @holdfast/testing/proxy

export declare function commanders(connection: ProxiedConnection): boolean;

export declare type Direction = 'up' | 'down';

export declare interface Fault extends AsyncDisposable {
    heal(): Promise<void>;
}

export declare interface FaultProxy extends AsyncDisposable {
    readonly host: '127.0.0.1';
    readonly port: number;
    url(): string;
    connections(): readonly ProxiedConnection[];
    readonly accepted: number;
    latency(delayMs: number | (() => number), where?: Where): Fault;
    bandwidth(bytesPerSecond: number, where?: Where): Fault;
    drip(piece?: {
        readonly bytes?: number;
        readonly everyMs?: number;
    }, where?: Where): Fault;
    blackHole(where?: Where): Fault;
    lose(where?: Where): Fault;
    cutAfter(bytes: number | (() => number), where?: Where & {
        readonly by?: 'reset' | 'end';
    }): Fault;
    refuse(): Fault;
    reset(where?: Where): number;
    halfOpen(where?: Where): number;
    heal(): Promise<void>;
    close(): Promise<void>;
}

export declare interface ProxiedConnection {
    readonly id: number;
    readonly commands: readonly string[];
    readonly isSubscriber: boolean;
    readonly bytesUp: number;
    readonly bytesDown: number;
}

export declare interface ProxyTarget {
    readonly host?: string;
    readonly port: number;
    readonly url?: string;
}

export declare interface RefusingProxy extends AsyncDisposable {
    readonly host: '127.0.0.1';
    readonly port: number;
    readonly url: string;
    readonly refused: number;
    close(): Promise<void>;
}

export declare type Rewrite = (command: readonly string[]) => readonly string[] | undefined;

export declare function startFaultProxy(target: ProxyTarget): Promise<FaultProxy>;

export declare function startRefusingProxy(target: ProxyTarget, rewrite: Rewrite): Promise<RefusingProxy>;

export declare function subscribers(connection: ProxiedConnection): boolean;

export declare interface Where {
    readonly direction?: Direction | 'both';
    readonly only?: (connection: ProxiedConnection) => boolean;
}

export { }

// @holdfast/testing/simulation

import type { Clock } from '@holdfast/core';
import type { EvictReason } from '@holdfast/core';
import type { MemoryStore } from '@holdfast/core';

declare interface CheckedCache extends CheckedSpace {
    namespace?(name: string): CheckedSpace;
    on?(event: 'remoteState', listener: (detail: {
        readonly state: string;
    }) => void): unknown;
    close(): Promise<void>;
}

declare interface CheckedOptions {
    readonly ttl?: `${number}ms`;
    readonly grace?: `${number}ms`;
    readonly softTimeout?: `${number}ms`;
    readonly refreshAhead?: number;
    readonly tags?: readonly string[] | ((value: CheckedValue) => readonly string[]);
}

declare interface CheckedSpace {
    getOrSet(key: string, load: Load, options?: CheckedOptions): Promise<CheckedValue>;
    delete(keys: string | readonly string[]): Write;
    get?(key: string, options?: {
        readonly skipMemory?: boolean;
    }): Promise<CheckedValue | undefined>;
    lookup?(key: string, load: Load, options?: CheckedOptions): Promise<{
        readonly value: CheckedValue;
        readonly from: string;
    }>;
    getMany?(keys: readonly string[]): Promise<ReadonlyMap<string, CheckedValue>>;
    getOrSetMany?(keys: readonly string[], load: (missing: readonly string[]) => Promise<ReadonlyMap<string, CheckedValue>>, options?: CheckedOptions): Promise<ReadonlyMap<string, CheckedValue>>;
    set?(key: string, value: CheckedValue, options?: CheckedOptions): Write;
    update?(key: string, make: () => Promise<CheckedValue>, options?: CheckedOptions): Promise<NonNullable<CheckedWritten> | undefined | void>;
    invalidateTags?(tags: readonly string[]): Write;
    invalidateMatching?(pattern: string): Write;
    clear?(): Write;
}

declare interface CheckedValue {
    readonly key: string;
    readonly version: number;
    readonly tags: readonly string[];
    readonly filler: string;
}

declare type CheckedWritten = {
    readonly reached: 'all' | 'memory';
    readonly queued: boolean;
} | undefined | void;

declare interface ClientEnd {
    opened(): void;
    replied(reply: ServerReply): void;
    pushed(channel: Buffer, message: Buffer): void;
    ended(reason: string): void;
}

export declare class Connection {
    #private;
    readonly process: SimulatedProcess;
    constructor(terms: {
        readonly world: World;
        readonly random: Random;
        readonly process: SimulatedProcess;
        readonly client: ClientEnd;
        readonly server: ServerEnd;
        readonly pace: Pace | undefined;
    });
    get accepted(): ServerClient | undefined;
    get isHeld(): boolean;
    send(commands: readonly (readonly Buffer[])[]): void;
    reply(reply: ServerReply): void;
    push(channel: Buffer, message: Buffer): void;
    close(): void;
    drop(): void;
    kill(): void;
    cut(): void;
    lag(ms: number, direction?: 'up' | 'down' | 'both'): void;
    vanish(): void;
}

declare interface Cover {
    readonly key: string;
    readonly version: number;
}

declare interface CoveredKey {
    readonly key: string;
    readonly version: number;
    readonly by: InvalidationRecord;
}

declare interface CutOffRecord {
    readonly type: 'cutOff';
    readonly worker: number;
    readonly start: number;
    readonly end: number;
}

declare interface FailureRecord {
    readonly type: 'failure';
    readonly worker: number;
    readonly path: string;
    readonly start: number;
    readonly end: number;
    readonly error: string;
}

declare interface FaultRecord {
    readonly name: string;
    readonly start: number;
    readonly end: number;
}

declare interface FinalRead extends ReadRecord {
    readonly truth: number;
}

declare interface Happening {
    readonly at: number;
    readonly order: number;
    readonly fire: () => void;
    isCancelled: boolean;
}

declare interface History {
    readonly reads: Iterable<ReadRecord>;
    readonly invalidations: readonly InvalidationRecord[];
    readonly loads: Iterable<LoadRecord>;
    readonly failures: readonly FailureRecord[];
    readonly stalls: readonly StallRecord[];
    readonly cutOffs: readonly CutOffRecord[];
    readonly faults: readonly FaultRecord[];
    readonly final: readonly FinalRead[];
}

declare interface InvalidationRecord {
    readonly type: 'invalidation';
    readonly worker: number;
    readonly path: string;
    readonly covers: readonly Cover[];
    readonly issue: number;
    readonly ack: number;
    readonly isApplied: boolean;
}

declare class Keyspace {
    #private;
    readonly cursors: string[];
    constructor(now: () => number);
    get(key: string): Value | undefined;
    expiresAt(key: string): number | undefined;
    set(key: string, value: Value, expiresAt?: number): void;
    delete(key: string): boolean;
    keys(): string[];
    clear(): void;
    snapshot(): () => void;
}

declare class Lateness {
    #private;
    count: number;
    maxMs: number;
    add(ms: number): void;
    addAll(other: Lateness): void;
    quantile(share: number): number;
    lines(): string[];
}

export declare interface LinkErrors<E extends Error, C extends Error> {
    readonly reply: (line: string) => E;
    readonly closed: (message: string) => C;
}

declare type Load = () => Promise<CheckedValue>;

declare interface LoadRecord {
    readonly type: 'load';
    readonly worker: number;
    readonly key: string;
    readonly start: number;
    readonly end: number;
    readonly version: number;
}

export declare interface MapStore extends MemoryStore {
    evict(key: string, reason?: EvictReason): void;
}

export declare function mapStore(maxEntries?: number): MapStore;

declare type Pace = readonly [often: number, sometimes: number, seldom: number];

declare interface Random {
    next(): number;
    below(below: number): number;
    pick<T>(items: readonly T[]): T;
    chance(share: number): boolean;
    shuffle<T>(items: readonly T[]): T[];
    fork(name: string): Random;
}

declare interface ReadRecord {
    readonly type: 'read';
    readonly worker: number;
    readonly key: string;
    readonly start: number;
    readonly end: number;
    readonly version: number | undefined;
    readonly valueKey: string | undefined;
    readonly path: string;
}

export declare interface ScriptRedis {
    call(name: string, ...args: readonly (string | number | Uint8Array)[]): ServerReply;
    pcall(name: string, ...args: readonly (string | number | Uint8Array)[]): ServerReply;
}

declare interface ServerClient {
    readonly id: number;
    readonly channels: Set<string>;
    push(channel: Buffer, message: Buffer): void;
    kill(): void;
}

declare interface ServerEnd {
    accept(connection: Connection): ServerClient | undefined;
    perform(connection: Connection, command: readonly Buffer[]): void;
    finish(connection: Connection): void;
}

export declare class ServerError {
    readonly line: string;
    constructor(line: string);
}

export declare type ServerReply = Buffer | number | null | ServerError | readonly ServerReply[];

export declare function simulate<T>(seed: number, scenario: (world: World) => Promise<T>): Promise<T>;

export declare interface SimulatedCacheTerms<E extends Error, C extends Error> {
    readonly process: SimulatedProcess;
    readonly connector: SimulatedConnector<E, C>;
    readonly world: World;
    readonly maxStalenessMs: number;
    readonly heartbeatMs: number;
}

export declare type SimulatedCommand = readonly [name: string, ...args: readonly (string | Uint8Array)[]];

export declare interface SimulatedConnector<E extends Error, C extends Error> {
    readonly address: string;
    connect(): SimulatedLink<E, C>;
    connectSubscriber(): SimulatedLink<E, C>;
}

export declare type SimulatedFault = 'cut a subscriber' | 'cut all subscribers' | 'cut a data connection' | 'cut a process off' | 'a subscriber vanishes' | 'a data connection vanishes' | 'a connection lags' | 'freeze' | 'kill and start empty' | 'kill and start older' | 'flush all' | 'flush and kill and flush' | 'evict' | 'evict tags' | 'evict the epoch' | 'other types over bookkeeping' | 'a process stands still' | 'out of memory' | 'read only' | 'loading';

export declare const simulatedFaults: readonly SimulatedFault[];

export declare interface SimulatedHistory {
    readonly history: History;
    readonly verdict: Verdict;
    readonly story: readonly string[];
}

export declare interface SimulatedHistoryOptions<E extends Error, C extends Error> {
    readonly seed: number;
    readonly makeRedis: (world: World) => SimulatedRedis<E, C>;
    readonly makeCache: (terms: SimulatedCacheTerms<E, C>) => CheckedCache;
    readonly processes?: number;
    readonly durationMs?: number;
    readonly faults?: readonly SimulatedFault[];
    readonly mostFaults?: number;
}

export declare class SimulatedLink<E extends Error, C extends Error> {
    #private;
    readonly opened: Promise<void>;
    isOpen: boolean;
    onClosed: ((cause: C) => void) | undefined;
    onMessage: ((channel: string, message: Buffer) => void) | undefined;
    constructor(errors: LinkErrors<E, C>, connect: (end: ClientEnd) => Connection);
    send(commands: readonly SimulatedCommand[]): Promise<readonly SimulatedReply<E>[]>;
    subscribe(channels: readonly string[]): Promise<E | undefined>;
    ping(): Promise<void>;
    close(): void;
}

export declare class SimulatedProcess {
    #private;
    readonly name: string;
    readonly clock: Clock;
    constructor(world: World, name: string, skewMs?: number);
    get isPaused(): boolean;
    receive(handle: () => void): void;
    pause(): void;
    resume(): void;
    stall(ms: number): void;
}

export declare class SimulatedRedis<E extends Error, C extends Error> {
    #private;
    readonly server: SimulatedServer;
    hasFastSubscribers: boolean;
    constructor(world: World, options: SimulatedRedisOptions<E, C>);
    connector(process: SimulatedProcess): SimulatedConnector<E, C>;
    connections(where?: {
        readonly process?: SimulatedProcess;
        readonly subscribers?: boolean;
    }): readonly Connection[];
    freeze(): void;
    thaw(): void;
    kill(): void;
    start(data: 'empty' | 'older'): void;
    save(): void;
    evict(chance: number, isVictim?: (key: string) => boolean): void;
}

export declare interface SimulatedRedisOptions<E extends Error, C extends Error> {
    readonly errors: LinkErrors<E, C>;
    readonly scripts?: readonly SimulatedScript[];
    readonly skewMs?: number;
}

export declare type SimulatedReply<E> = Buffer | number | null | E | readonly SimulatedReply<E>[];

export declare interface SimulatedScript {
    readonly source: string;
    readonly run: (redis: ScriptRedis, keys: readonly string[], args: readonly Buffer[]) => ServerReply | undefined;
}

export declare class SimulatedServer {
    #private;
    readonly keys: Keyspace;
    readonly counts: Map<string, number>;
    refuse: ((command: string, args: readonly Buffer[]) => string | undefined) | undefined;
    constructor(now: () => number, scripts: readonly SimulatedScript[]);
    get runId(): string;
    get clients(): readonly ServerClient[];
    connect(make: (id: number) => ServerClient): ServerClient;
    disconnect(id: number): void;
    restart(restore: () => void): void;
    execute(client: ServerClient, command: readonly Buffer[]): ServerReply;
}

export declare function simulateHistory<E extends Error, C extends Error>(options: SimulatedHistoryOptions<E, C>): Promise<SimulatedHistory>;

export declare function simulateSeeds(seeds: {
    readonly from?: number;
    readonly count: number;
}, scenario: (world: World) => Promise<void>): Promise<void>;

declare interface StallRecord {
    readonly type: 'stall';
    readonly worker: number;
    readonly start: number;
    readonly end: number;
}

declare type Value = {
    readonly type: 'string';
    readonly bytes: Buffer;
} | {
    readonly type: 'set';
    readonly members: ReadonlySet<string>;
} | {
    readonly type: 'list';
    readonly items: readonly Buffer[];
};

declare interface Verdict {
    readonly reads: number;
    readonly invalidations: number;
    readonly lateness: Lateness;
    readonly latenessInFaults: Lateness;
    readonly counts: Readonly<Record<Violation['type'], number>>;
    readonly violations: readonly Violation[];
}

declare type Violation = {
    readonly type: 'LOCAL' | 'REMOTE';
    readonly read: ReadRecord;
    readonly missed: CoveredKey;
    readonly lateMs: number;
    readonly limitMs: number;
}
| {
    readonly type: 'FOREIGN';
    readonly read: ReadRecord;
}
| {
    readonly type: 'LASTING';
    readonly final: FinalRead;
}
| {
    readonly type: 'FAILURE';
    readonly failure: FailureRecord;
};

export declare class World {
    #private;
    readonly seed: number;
    readonly random: Random;
    constructor(seed: number);
    get now(): number;
    after(delayMs: number, fire: () => void): Happening;
    sleep(ms: number): Promise<void>;
    run<T>(promise: Promise<T>): Promise<T>;
    advance(ms: number): Promise<void>;
}

declare type Write = Promise<CheckedWritten>;

export { }

// @holdfast/testing/history

export declare interface CheckedCache extends CheckedSpace {
    namespace?(name: string): CheckedSpace;
    on?(event: 'remoteState', listener: (detail: {
        readonly state: string;
    }) => void): unknown;
    close(): Promise<void>;
}

export declare interface CheckedCacheModule {
    createCacheFor(options: CheckedCacheOptions): CheckedCache | Promise<CheckedCache>;
}

export declare interface CheckedCacheOptions {
    readonly redisUrl: string;
    readonly cluster?: readonly {
        readonly host: string;
        readonly port: number;
    }[];
    readonly sentinels?: {
        readonly sentinels: {
            readonly host: string;
            readonly port: number;
        }[];
        readonly name: string;
    };
    readonly prefix: string;
    readonly maxStalenessMs: number;
    readonly heartbeatMs: number;
    readonly worker: number;
}

export declare interface CheckedOptions {
    readonly ttl?: `${number}ms`;
    readonly grace?: `${number}ms`;
    readonly softTimeout?: `${number}ms`;
    readonly refreshAhead?: number;
    readonly tags?: readonly string[] | ((value: CheckedValue) => readonly string[]);
}

export declare interface CheckedSpace {
    getOrSet(key: string, load: Load, options?: CheckedOptions): Promise<CheckedValue>;
    delete(keys: string | readonly string[]): Write;
    get?(key: string, options?: {
        readonly skipMemory?: boolean;
    }): Promise<CheckedValue | undefined>;
    lookup?(key: string, load: Load, options?: CheckedOptions): Promise<{
        readonly value: CheckedValue;
        readonly from: string;
    }>;
    getMany?(keys: readonly string[]): Promise<ReadonlyMap<string, CheckedValue>>;
    getOrSetMany?(keys: readonly string[], load: (missing: readonly string[]) => Promise<ReadonlyMap<string, CheckedValue>>, options?: CheckedOptions): Promise<ReadonlyMap<string, CheckedValue>>;
    set?(key: string, value: CheckedValue, options?: CheckedOptions): Write;
    update?(key: string, make: () => Promise<CheckedValue>, options?: CheckedOptions): Promise<NonNullable<CheckedWritten> | undefined | void>;
    invalidateTags?(tags: readonly string[]): Write;
    invalidateMatching?(pattern: string): Write;
    clear?(): Write;
}

export declare interface CheckedValue {
    readonly key: string;
    readonly version: number;
    readonly tags: readonly string[];
    readonly filler: string;
}

export declare type CheckedWritten = {
    readonly reached: 'all' | 'memory';
    readonly queued: boolean;
} | undefined | void;

export declare function checkHistory(options: HistoryOptions): Promise<HistoryReport>;

declare type ClusterFault = 'killPrimary' | 'freezePrimary' | 'failOverPrimary' | 'moveSlots' | 'moveEpoch' | 'killNodeConnections' | 'killNodeSubscribers' | 'flushNode' | 'clusterDown';

export declare const clusterFaults: readonly HistoryFault[];

declare interface Cover {
    readonly key: string;
    readonly version: number;
}

declare interface CoveredKey {
    readonly key: string;
    readonly version: number;
    readonly by: InvalidationRecord;
}

declare interface CutOffRecord {
    readonly type: 'cutOff';
    readonly worker: number;
    readonly start: number;
    readonly end: number;
}

declare interface FailureRecord {
    readonly type: 'failure';
    readonly worker: number;
    readonly path: string;
    readonly start: number;
    readonly end: number;
    readonly error: string;
}

declare interface FaultRecord {
    readonly name: string;
    readonly start: number;
    readonly end: number;
}

declare interface FinalRead extends ReadRecord {
    readonly truth: number;
}

declare interface History {
    readonly reads: Iterable<ReadRecord>;
    readonly invalidations: readonly InvalidationRecord[];
    readonly loads: Iterable<LoadRecord>;
    readonly failures: readonly FailureRecord[];
    readonly stalls: readonly StallRecord[];
    readonly cutOffs: readonly CutOffRecord[];
    readonly faults: readonly FaultRecord[];
    readonly final: readonly FinalRead[];
}

export declare type HistoryFault = ServerFault | ClusterFault | SentinelFault;

export declare const historyFaults: readonly HistoryFault[];

export declare type HistoryMode = 'invalidate' | 'set';

export declare interface HistoryOptions {
    readonly cacheModule: string | URL;
    readonly seconds?: number;
    readonly seed?: number;
    readonly workers?: number;
    readonly topology?: 'server' | 'cluster' | 'sentinels';
    readonly faults?: readonly HistoryFault[];
    readonly mode?: HistoryMode;
    readonly redis?: RedisServer;
    readonly prefix?: string;
    readonly maxStalenessMs?: number;
    readonly heartbeatMs?: number;
    readonly roundSeconds?: number;
    readonly keepGoing?: boolean;
    readonly report?: (line: string) => void;
}

export declare interface HistoryRecipe {
    readonly seed: number;
    readonly seconds: number;
    readonly workers: number;
    readonly mode: HistoryMode;
    readonly faults: readonly HistoryFault[];
    readonly topology: 'server' | 'cluster' | 'sentinels';
    readonly cacheModule: string;
}

export declare class HistoryReport {
    #private;
    readonly recipe: HistoryRecipe;
    reads: number;
    invalidations: number;
    rounds: number;
    readonly faults: Map<string, number>;
    readonly operations: Map<string, number>;
    readonly counts: Record<Violation['type'], number>;
    readonly lateness: Lateness;
    readonly latenessInFaults: Lateness;
    story: readonly string[];
    lastLine: string;
    constructor(recipe: HistoryRecipe);
    get violations(): number;
    get complaint(): string;
    add(history: History, verdict: Verdict): void;
    get text(): string;
}

declare interface InvalidationRecord {
    readonly type: 'invalidation';
    readonly worker: number;
    readonly path: string;
    readonly covers: readonly Cover[];
    readonly issue: number;
    readonly ack: number;
    readonly isApplied: boolean;
}

export declare class Lateness {
    #private;
    count: number;
    maxMs: number;
    add(ms: number): void;
    addAll(other: Lateness): void;
    quantile(share: number): number;
    lines(): string[];
}

declare type Load = () => Promise<CheckedValue>;

declare interface LoadRecord {
    readonly type: 'load';
    readonly worker: number;
    readonly key: string;
    readonly start: number;
    readonly end: number;
    readonly version: number;
}

declare class RawConnection {
    #private;
    private constructor();
    static open(options: RawConnectionOptions): Promise<RawConnection>;
    get isOpen(): boolean;
    send(args: readonly (string | number | Uint8Array)[]): Promise<RespReply>;
    stream(args: readonly string[], onPush: (reply: RespReply) => void): Promise<void>;
    close(): void;
}

declare interface RawConnectionOptions {
    readonly host: string;
    readonly port: number;
    readonly username?: string;
    readonly password?: string;
    readonly timeoutMs?: number;
}

declare interface ReadRecord {
    readonly type: 'read';
    readonly worker: number;
    readonly key: string;
    readonly start: number;
    readonly end: number;
    readonly version: number | undefined;
    readonly valueKey: string | undefined;
    readonly path: string;
}

declare class RedisReplyError extends Error {
    readonly code: string;
    constructor(line: string);
}

declare interface RedisServer extends AsyncDisposable {
    readonly host: '127.0.0.1';
    readonly port: number;
    readonly url: string;
    readonly isRunning: boolean;
    readonly tls: TlsEnd | undefined;
    readonly socketPath: string;
    command(...args: readonly (string | number | Uint8Array)[]): Promise<TextReply>;
    commandBytes(...args: readonly (string | number | Uint8Array)[]): Promise<RespReply>;
    readonly admin: {
        readonly username: string;
        readonly password: string;
    };
    answers(): Promise<boolean>;
    connect(): Promise<RawConnection>;
    commandCounts(): Promise<ReadonlyMap<string, number>>;
    save(): Promise<void>;
    kill(): Promise<void>;
    freeze(): Promise<void>;
    thaw(): void;
    restart(options: RestartOptions): Promise<void>;
    stop(): Promise<void>;
}

declare type RespReply = string | number | Buffer | null | RedisReplyError | readonly RespReply[];

declare interface RestartOptions {
    readonly data: 'empty' | 'kept' | 'older';
}

declare type SentinelFault = 'killWatched' | 'freezeWatched' | 'failOverWatched';

export declare const sentinelFaults: readonly HistoryFault[];

declare type ServerFault = 'killSubscribers' | 'killConnections' | 'freeze' | 'flush' | 'restartEmpty' | 'restartOlder' | 'stopWorker' | 'stopAndCutWorker' | 'deleteTags' | 'deleteEntries' | 'deleteEpoch' | 'evict' | 'flushKillFlush' | 'loseReplies' | 'loseRequests' | 'blackHole' | 'muteSubscriber' | 'halfOpen' | 'slowSubscribers' | 'unevenLatency' | 'cutReplies';

declare interface StallRecord {
    readonly type: 'stall';
    readonly worker: number;
    readonly start: number;
    readonly end: number;
}

declare type TextReply = string | number | null | Error | readonly TextReply[];

declare interface TlsEnd {
    readonly url: string;
    readonly port: number;
    readonly ca: string;
}

declare interface Verdict {
    readonly reads: number;
    readonly invalidations: number;
    readonly lateness: Lateness;
    readonly latenessInFaults: Lateness;
    readonly counts: Readonly<Record<Violation['type'], number>>;
    readonly violations: readonly Violation[];
}

declare type Violation = {
    readonly type: 'LOCAL' | 'REMOTE';
    readonly read: ReadRecord;
    readonly missed: CoveredKey;
    readonly lateMs: number;
    readonly limitMs: number;
}
| {
    readonly type: 'FOREIGN';
    readonly read: ReadRecord;
}
| {
    readonly type: 'LASTING';
    readonly final: FinalRead;
}
| {
    readonly type: 'FAILURE';
    readonly failure: FailureRecord;
};

declare type Write = Promise<CheckedWritten>;

export { }

// @holdfast/testing/faults

declare type Act = keyof typeof everyMs;

export declare function checkFaults(options: FaultsOptions): Promise<readonly FaultResult[]>;

declare interface Departure {
    readonly closedInMs: number | undefined;
    readonly endedInMs: number | undefined;
    readonly failure: string | undefined;
}

declare type Direction = 'up' | 'down';

declare const everyMs: {
    get: number;
    getOrSet: number;
    getMany: number;
    getOrSetMany: number;
    set: number;
    delete: number;
    invalidateTags: number;
    clear: number;
};

declare interface Fault extends AsyncDisposable {
    heal(): Promise<void>;
}

export declare interface FaultCallOptions {
    readonly tags?: readonly string[];
}

export declare const faultNames: readonly string[];

export declare type FaultOperation = (typeof faultOperations)[number];

export declare const faultOperations: readonly ['get', 'getOrSet', 'getMany', 'getOrSetMany', 'set', 'delete', 'invalidateTags', 'clear'];

export declare interface FaultPlace {
    readonly redisUrl: string;
    readonly cluster?: readonly {
        readonly host: string;
        readonly port: number;
    }[];
    readonly sentinels?: {
        readonly sentinels: {
            readonly host: string;
            readonly port: number;
        }[];
        readonly name: string;
    };
}

declare interface FaultProxy extends AsyncDisposable {
    readonly host: '127.0.0.1';
    readonly port: number;
    url(): string;
    connections(): readonly ProxiedConnection[];
    readonly accepted: number;
    latency(delayMs: number | (() => number), where?: Where): Fault;
    bandwidth(bytesPerSecond: number, where?: Where): Fault;
    drip(piece?: {
        readonly bytes?: number;
        readonly everyMs?: number;
    }, where?: Where): Fault;
    blackHole(where?: Where): Fault;
    lose(where?: Where): Fault;
    cutAfter(bytes: number | (() => number), where?: Where & {
        readonly by?: 'reset' | 'end';
    }): Fault;
    refuse(): Fault;
    reset(where?: Where): number;
    halfOpen(where?: Where): number;
    heal(): Promise<void>;
    close(): Promise<void>;
}

export declare interface FaultResult {
    readonly row: FaultRow;
    readonly run: RowRun | undefined;
    readonly verdict: RowVerdict;
    readonly naive: readonly string[] | undefined;
    readonly isKept: boolean;
    readonly isVacuous: boolean;
}

export declare interface FaultRow extends GroundPlan {
    readonly name: string;
    readonly how: string;
    play(stage: FaultStage): Promise<string>;
    readonly grownBytes?: number;
    readonly without?: readonly Act[];
}

export declare interface FaultsOptions {
    readonly module: string | URL;
    readonly naive?: string | URL;
    readonly rows?: readonly string[];
    readonly seed?: number;
    readonly jobs?: number;
    readonly report?: (result: FaultResult) => void;
}

declare class FaultStage {
    #private;
    readonly prefix: string;
    readonly subject: SubjectProcess;
    constructor(parts: {
        readonly ground: Ground;
        readonly prefix: string;
        readonly subject: SubjectProcess;
        readonly leaver: SubjectProcess | undefined;
    });
    get redis(): RedisServer;
    get proxy(): FaultProxy;
    get cluster(): RedisCluster;
    get sentinels(): RedisSentinels;
    heal(): Promise<void>;
    during(ms: number): Promise<void>;
    get applications(): readonly SubjectProcess[];
    complain(text: string): void;
    get complaints(): readonly string[];
    departure(): Promise<Departure | undefined>;
    probe(...command: readonly string[]): Promise<Probe>;
    refusals(code: string, server: RedisServer): Promise<number>;
    key(name: string): string;
    info(field: string): Promise<number>;
}

export declare interface FaultSubject {
    get(key: string): Promise<FaultValue | undefined>;
    getOrSet(key: string, load: () => Promise<FaultValue>, options?: FaultCallOptions): Promise<FaultValue>;
    getMany(keys: readonly string[]): Promise<ReadonlyMap<string, FaultValue>>;
    getOrSetMany(keys: readonly string[], load: (missing: readonly string[]) => Promise<ReadonlyMap<string, FaultValue>>): Promise<ReadonlyMap<string, FaultValue>>;
    set(key: string, value: FaultValue): Promise<unknown>;
    delete(key: string): Promise<unknown>;
    invalidateTags(tags: readonly string[]): Promise<unknown>;
    clear(): Promise<unknown>;
    close(): Promise<void>;
}

export declare interface FaultSubjectModule {
    readonly deadlineMs?: number;
    openFaultSubject(options: FaultSubjectOptions): FaultSubject | Promise<FaultSubject>;
}

export declare interface FaultSubjectOptions extends FaultPlace {
    readonly prefix: string;
}

export declare function faultTable(results: readonly FaultResult[], former?: string): string;

export declare interface FaultValue {
    readonly key: string;
    readonly version: number;
    readonly filler: string;
}

declare interface FinalLook {
    readonly hitRatio: number;
    readonly staleHere: readonly string[];
    readonly staleElsewhere: readonly string[];
}

declare interface Ground {
    readonly place: FaultPlace;
    readonly direct: FaultPlace;
    readonly single: {
        readonly redis: RedisServer;
        readonly proxy: FaultProxy;
    } | undefined;
    readonly cluster: RedisCluster | undefined;
    readonly sentinels: RedisSentinels | undefined;
}

declare interface GroundPlan {
    readonly topology?: 'cluster' | 'sentinels';
    readonly config?: Readonly<Record<string, string | number>>;
    readonly isNamed?: boolean;
}

declare interface HitWindow {
    readonly reads: number;
    readonly hits: number;
}

declare interface OperationRecord {
    readonly calls: number;
    readonly errors: number;
    readonly firstError: string | undefined;
    readonly longestMs: number;
    readonly unsettled: number;
}

declare interface Probe {
    readonly outcome: 'answer' | 'refusal' | 'silence' | 'no connection';
    readonly text: string;
    readonly tookMs: number;
}

declare interface ProxiedConnection {
    readonly id: number;
    readonly commands: readonly string[];
    readonly isSubscriber: boolean;
    readonly bytesUp: number;
    readonly bytesDown: number;
}

declare class RawConnection {
    #private;
    private constructor();
    static open(options: RawConnectionOptions): Promise<RawConnection>;
    get isOpen(): boolean;
    send(args: readonly (string | number | Uint8Array)[]): Promise<RespReply>;
    stream(args: readonly string[], onPush: (reply: RespReply) => void): Promise<void>;
    close(): void;
}

declare interface RawConnectionOptions {
    readonly host: string;
    readonly port: number;
    readonly username?: string;
    readonly password?: string;
    readonly timeoutMs?: number;
}

declare interface RedisCluster extends AsyncDisposable {
    readonly nodes: readonly RedisServer[];
    readonly seeds: readonly {
        readonly host: string;
        readonly port: number;
    }[];
    readonly tls: {
        readonly seeds: RedisCluster['seeds'];
        readonly ca: string;
    } | undefined;
    primaries(): Promise<readonly RedisServer[]>;
    ownerOf(keyOrSlot: string | number): Promise<RedisServer>;
    replicaOf(primary: RedisServer): Promise<RedisServer>;
    slotOf(key: string): Promise<number>;
    command(...args: readonly (string | number | Uint8Array)[]): Promise<TextReply>;
    failOver(primary: RedisServer): Promise<void>;
    settled(): Promise<void>;
    beginMove(slot: number, to: RedisServer): Promise<SlotMove>;
    move(slots: readonly number[], to: RedisServer): Promise<void>;
    stop(): Promise<void>;
}

declare class RedisReplyError extends Error {
    readonly code: string;
    constructor(line: string);
}

declare interface RedisSentinels extends AsyncDisposable {
    readonly name: string;
    readonly servers: readonly RedisServer[];
    readonly sentinels: readonly RedisServer[];
    readonly addresses: readonly {
        readonly host: string;
        readonly port: number;
    }[];
    primary(): Promise<RedisServer>;
    failOver(): Promise<void>;
    failedOverFrom(server: RedisServer): Promise<void>;
    settled(): Promise<void>;
    stop(): Promise<void>;
}

declare interface RedisServer extends AsyncDisposable {
    readonly host: '127.0.0.1';
    readonly port: number;
    readonly url: string;
    readonly isRunning: boolean;
    readonly tls: TlsEnd | undefined;
    readonly socketPath: string;
    command(...args: readonly (string | number | Uint8Array)[]): Promise<TextReply>;
    commandBytes(...args: readonly (string | number | Uint8Array)[]): Promise<RespReply>;
    readonly admin: {
        readonly username: string;
        readonly password: string;
    };
    answers(): Promise<boolean>;
    connect(): Promise<RawConnection>;
    commandCounts(): Promise<ReadonlyMap<string, number>>;
    save(): Promise<void>;
    kill(): Promise<void>;
    freeze(): Promise<void>;
    thaw(): void;
    restart(options: RestartOptions): Promise<void>;
    stop(): Promise<void>;
}

declare type RespReply = string | number | Buffer | null | RedisReplyError | readonly RespReply[];

declare interface RestartOptions {
    readonly data: 'empty' | 'kept' | 'older';
}

declare interface RowRun {
    readonly deadlineMs: number;
    readonly proof: string | Error;
    readonly record: SubjectRecord;
    readonly backAfterMs: number | undefined;
    readonly hitRatioBefore: number;
    readonly last: FinalLook;
    readonly departure: Departure | undefined;
    readonly complaints: readonly string[];
}

declare interface RowVerdict {
    readonly complaints: readonly string[];
    readonly failed: ReadonlySet<FaultOperation>;
    readonly longestMs: number;
}

declare class SlotMove {
    #private;
    readonly slot: number;
    private constructor();
    static begin(nodes: readonly RedisServer[], slot: number, from: RedisServer, to: RedisServer): Promise<SlotMove>;
    keys(most?: number): Promise<number>;
    end(): Promise<void>;
}

declare type SubjectMethods = {
    open(plan: SubjectPlan): Promise<{
        readonly deadlineMs: number;
    }>;
    warm(): Promise<void>;
    act(acts: readonly Act[]): void;
    hits(): HitWindow;
    readHuge(bytes: number): Promise<void>;
    stall(ms: number): void;
    stepClock(ms: number): void;
    forgetName(isGone: boolean): void;
    look(place: FaultPlace): Promise<FinalLook>;
    end(): Promise<SubjectRecord>;
    leave(): Promise<{
        readonly closedInMs: number;
        readonly stalledMs: number;
    }>;
};

declare interface SubjectPlan extends FaultSubjectOptions {
    readonly module: string;
    readonly seed: number;
}

declare class SubjectProcess {
    #private;
    private constructor();
    static start(tether: Tether): Promise<SubjectProcess>;
    call<K extends keyof SubjectMethods>(method: K, input: Parameters<SubjectMethods[K]>[0], withinMs?: number): Promise<Awaited<ReturnType<SubjectMethods[K]>>>;
    leave(): Promise<Departure>;
    kill(): Promise<void>;
}

declare interface SubjectRecord {
    readonly operations: Readonly<Record<FaultOperation, OperationRecord>>;
    readonly wrong: readonly string[];
    readonly wrongs: number;
    readonly grownBytes: number;
    readonly leftBytes: number;
    readonly unhandled: readonly string[];
    readonly stalledMs: number;
}

declare interface Tether {
    tie(pid: number): void;
    untie(pid: number): void;
    cut(): Promise<void>;
}

declare type TextReply = string | number | null | Error | readonly TextReply[];

declare interface TlsEnd {
    readonly url: string;
    readonly port: number;
    readonly ca: string;
}

declare interface Where {
    readonly direction?: Direction | 'both';
    readonly only?: (connection: ProxiedConnection) => boolean;
}

export { }
