// Written by `pnpm check:packages api --update`.

// @holdfast/core

export declare type Around = <T>(operation: RemoteOperation, run: () => Promise<T>, args: readonly unknown[]) => Promise<T>;

export declare class Bag<T extends object> implements Iterable<T> {
    #private;
    get size(): number;
    add(thing: T): number;
    remove(place: number): void;
    [Symbol.iterator](): IterableIterator<T>;
}

export declare type ByteSize = number | `${number}${'b' | 'kb' | 'mb' | 'gb'}`;

export declare interface Cache<V = unknown> extends Namespace<V>, AsyncDisposable {
    readonly name: string;
    on<E extends CacheEvent>(event: E, listener: (detail: CacheEvents[E]) => void): Disposable;
    observe(observer: CacheObserver): Disposable;
    tags(limit?: number): readonly KnownTag[];
    describe(): CacheDescription;
    ping(): Promise<number | undefined>;
    info(): Promise<RemoteInfo | undefined>;
    close(options?: {
        readonly drain?: Duration;
    }): Promise<void>;
}

export declare class CacheClosedError extends HoldfastError {
    constructor(message?: string);
}

export declare interface Cached<A extends readonly unknown[], V> {
    (...args: A): Promise<V>;
    key(...args: A): string;
    delete(...args: A): Promise<Written>;
    refresh(...args: A): Promise<V>;
}

export declare function cached<A extends readonly unknown[], V>(cache: Namespace<never> | Namespace, options: CachedOptions<A, V>): Cached<A, V>;

export declare interface CacheDescription {
    readonly name: string;
    readonly memory: boolean;
    readonly remote: RemoteDescription | undefined;
    readonly limits: readonly string[];
}

export declare interface CachedOptions<A extends readonly unknown[], V> extends Omit<ReadOptions<V>, 'signal' | 'force'> {
    readonly key: (...args: A) => string;
    readonly load: (...args: [...A, LoadContext]) => V | Promise<V>;
}

export declare type CacheEvent = keyof CacheEvents;

export declare interface CacheEvents {
    readonly load: {
        readonly key: string;
        readonly namespace: string;
        readonly durationMs: number;
    };
    readonly loadError: {
        readonly key: string;
        readonly namespace: string;
        readonly durationMs: number;
        readonly error: unknown;
        readonly isServedStale: boolean;
    };
    readonly remoteError: {
        readonly operation: string;
        readonly cause: unknown;
    };
    readonly serializationError: {
        readonly key: string;
        readonly namespace: string;
        readonly cause: unknown;
    };
    readonly invalidated: {
        readonly what: Invalidation;
        readonly origin: 'local' | 'remote';
    };
    readonly gap: {
        readonly gaps: number;
    };
    readonly repaired: {
        readonly keys: number;
        readonly tags: number;
        readonly all: boolean;
    };
    readonly evicted: {
        readonly key: string;
        readonly namespace: string;
        readonly reason: EvictReason;
    };
    readonly remoteState: {
        readonly state: RemoteState;
        readonly cause?: unknown;
    };
}

export declare interface CacheObserver {
    read?(key: string, namespace: string): void;
    load?(about: ObservedLoad, run: () => Promise<unknown>): void;
    call?(about: ObservedCall, run: () => Promise<unknown>): void;
}

export declare interface CacheOptions<V = unknown> extends NamespaceOptions<V> {
    readonly name?: string | undefined;
    readonly memory?: MemoryStore | undefined;
    readonly remote?: RemoteStore | undefined;
    readonly serializer?: Serializer | undefined;
    readonly remoteTimeout?: Duration | undefined;
    readonly coherence?: {
        readonly maxStaleness?: Duration | undefined;
        readonly heartbeat?: Duration | undefined;
    } | undefined;
    readonly loads?: {
        readonly maxConcurrent?: number | undefined;
        readonly maxQueued?: number | undefined;
    } | undefined;
    readonly maxValueBytes?: ByteSize | undefined;
    readonly journal?: {
        readonly maxEntries?: number | undefined;
        readonly maxBytes?: ByteSize | undefined;
        readonly file?: string | undefined;
    } | undefined;
    readonly maxTags?: number | undefined;
    readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
    readonly clock?: Clock | undefined;
    readonly random?: (() => number) | undefined;
}

export declare interface CallSummary extends HistogramSummary {
    readonly timeouts: number;
    readonly failures: number;
}

export declare function checkMethods<S extends object>(name: string, object: S, methods: readonly (keyof S & string)[], hint: string): S;

export declare function checkNames(what: string, options: object, known: readonly string[]): void;

export declare interface Clock {
    now(): number;
    setTimer(fire: () => void, delayMs: number): unknown;
    clearTimer(timer: unknown): void;
    afterInput(fire: () => void): void;
}

export declare type Coherence = 'announcements' | 'max-staleness';

export declare function createCache<V = unknown>(options?: CacheOptions<V>): Cache<V>;

export declare class Deadlines {
    #private;
    constructor(clock: Clock);
    now(): number;
    add(timed: Timed): void;
    settle(timed: Timed): void;
    expireAll(): void;
    close(): void;
    clear(): void;
}

export declare function decorate(store: RemoteStore, around: Around, overrides?: Partial<RemoteStore>): RemoteStore;

export declare function describeRemote(store: RemoteStore): RemoteDescription;

export declare type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

export declare interface Entry<V = unknown> {
    readonly value: V;
    readonly createdAt: number;
    readonly staleAt: number;
    readonly expiresAt: number;
    readonly tags: readonly string[];
    readonly guards?: readonly Guard[];
}

export declare class Envelope {
    #private;
    readonly bytes: Uint8Array;
    readonly serializer: string;
    private constructor();
    static open(bytes: Uint8Array): Envelope | undefined;
    get createdAt(): number;
    get staleAt(): number;
    get expiresAt(): number;
    get payload(): Uint8Array;
    get tagCount(): number;
    get packedTags(): Uint8Array;
    get tagsKey(): string;
    get tags(): readonly StampedTag[];
    hasEpoch(epoch: Uint8Array): boolean;
}

export declare type EnvelopeKind = 'entry' | 'lease' | 'hold' | 'unknown' | 'foreign';

export declare function envelopeKind(bytes: Uint8Array): EnvelopeKind;

export declare const envelopeMagic = 193;

export declare interface EnvelopeParts {
    readonly id: Uint8Array;
    readonly epoch: Uint8Array;
    readonly serializer: string;
    readonly createdAt: number;
    readonly staleAt: number;
    readonly expiresAt: number;
    readonly tags: Uint8Array;
    readonly payload: Uint8Array;
}

export declare function equalAt(bytes: Uint8Array, offset: number, part: Uint8Array): boolean;

export declare interface ErrorParts {
    readonly type: string;
    readonly fields: readonly (readonly [key: string, value: unknown])[];
}

export declare type EvictReason = 'capacity' | 'expired';

export declare interface Fill {
    readonly lease: Lease;
    readonly write: RemoteWrite;
}

export declare interface GetOptions extends Pick<ReadOptions, 'signal' | 'skipMemory' | 'skipRemote' | 'isolation' | 'staleIfUnreachable'> {
    readonly stale?: boolean | undefined;
}

export declare function globMatcher(pattern: string): (name: string) => boolean;

export declare interface Guard {
    goodUntil: number;
}

export declare interface HistogramBucket {
    readonly upToMs: number;
    readonly count: number;
}

export declare interface HistogramSummary {
    readonly count: number;
    readonly sumMs: number;
    readonly meanMs: number;
    readonly p50Ms: number;
    readonly p95Ms: number;
    readonly p99Ms: number;
    readonly maxMs: number;
    readonly buckets: readonly HistogramBucket[];
}

export declare class HoldfastError extends Error {
    readonly code: HoldfastErrorCode;
    constructor(code: HoldfastErrorCode, message: string, options?: ErrorOptions);
}

export declare type HoldfastErrorCode = 'ERR_HOLDFAST_INVALID_OPTION' | 'ERR_HOLDFAST_CACHE_CLOSED' | 'ERR_HOLDFAST_LOAD_TIMEOUT' | 'ERR_HOLDFAST_LOAD_REJECTED' | 'ERR_HOLDFAST_SERIALIZATION' | 'ERR_HOLDFAST_REMOTE_TIMEOUT' | 'ERR_HOLDFAST_REMOTE_UNAVAILABLE';

export declare const idBytes = 8;

export declare function indicesIfSparse(array: readonly unknown[]): readonly number[] | undefined;

export declare interface InspectedTier {
    readonly ageMs: number;
    readonly ttlMs: number;
    readonly graceMs: number;
    readonly tags: readonly string[];
    readonly refused?: string;
}

export declare interface Inspection {
    readonly key: string;
    readonly verdict: 'hit' | 'stale' | 'miss';
    readonly from?: 'memory' | 'remote';
    readonly why: string;
    readonly memory?: InspectedTier;
    readonly remote?: InspectedTier;
    readonly remoteMiss?: string;
    readonly isLoading: boolean;
    readonly invalidation?: SeenInvalidation;
}

export declare type Invalidation = {
    readonly type: 'keys';
    readonly names: readonly string[];
} | {
    readonly type: 'tags';
    readonly names: readonly string[];
} | {
    readonly type: 'pattern';
    readonly pattern: string;
} | {
    readonly type: 'all';
};

export declare interface InvalidationListener {
    heard(what: Invalidation): void;
    gap(): void;
    drain(): Journalled | undefined;
    applied(journalled: Journalled): void;
    restore(journalled: Journalled): void;
    state?(state: RemoteState, cause?: unknown): void;
}

export declare class InvalidOptionError extends HoldfastError {
    constructor(message: string, options?: ErrorOptions);
}

export declare function isNamespaceTag(tag: string): boolean;

export declare type Isolation = 'reference' | 'freeze' | 'clone';

export declare function isPlain(value: object): value is Record<string, unknown>;

export declare interface Journalled {
    readonly keys: readonly string[];
    readonly tags: readonly string[];
    readonly all: boolean;
}

export declare function json(): Serializer;

export declare interface KnownTag {
    readonly tag: string;
    readonly stored: number;
    readonly invalidations: number;
}

export declare interface Lease {
    readonly type: 'lease';
}

export declare interface LeaseRequest {
    readonly key: string;
    readonly tags: readonly string[];
    readonly leaseMs: number;
    readonly seen: RemoteRead;
    readonly always?: boolean;
    readonly isSole?: boolean;
}

export declare interface ListenOptions {
    readonly clock: Clock;
    readonly maxStalenessMs: number;
    readonly heartbeatMs: number;
}

export declare interface LoadContext {
    readonly key: string;
    readonly signal: AbortSignal;
    readonly stale: unknown;
    readonly keep: () => never;
    readonly skip: () => void;
    readonly ttl: (ttl: Duration) => void;
    readonly tags: (tags: readonly string[]) => void;
}

export declare type Loader<V> = (context: LoadContext) => V | Promise<V>;

export declare class LoadRejectedError extends HoldfastError {
    constructor(message: string);
}

export declare class LoadTimeoutError extends HoldfastError {
    constructor(message: string);
}

export declare interface Lookup<V> {
    readonly value: V;
    readonly from: Source;
    readonly isStale: boolean;
    readonly ageMs: number;
    readonly ttlMs: number;
    readonly tags: readonly string[];
}

export declare interface ManyLoadContext {
    readonly signal: AbortSignal;
    readonly stale: ReadonlyMap<string, unknown>;
}

export declare type ManyLoader<V> = (missing: readonly string[], context: ManyLoadContext) => ReadonlyMap<string, V> | Promise<ReadonlyMap<string, V>>;

export declare interface MemoryStore {
    get(key: string): Entry | undefined;
    set(key: string, entry: Entry): void;
    delete(key: string): void;
    clear(): void;
    keys(): Iterable<string>;
    readonly size: number;
    readonly bytes?: number;
    readonly maxBytes?: number;
    readonly maxEntries?: number;
    onEvict?: ((key: string, reason: EvictReason) => void) | undefined;
}

export declare interface Namespace<V = unknown> {
    get<T extends V = V>(key: string, options?: GetOptions): Promise<T | undefined>;
    getMany<T extends V = V>(keys: readonly string[], options?: GetOptions): Promise<ReadonlyMap<string, T>>;
    getOrSet<T extends V>(key: string, load: Loader<T>, options?: ReadOptions<T>): Promise<T>;
    getOrSetMany<T extends V>(keys: readonly string[], load: ManyLoader<T>, options?: ReadOptions<T>): Promise<ReadonlyMap<string, T>>;
    lookup<T extends V = V>(key: string, load?: undefined, options?: GetOptions): Promise<Lookup<T> | undefined>;
    lookup<T extends V>(key: string, load: Loader<T>, options?: ReadOptions<T>): Promise<Lookup<T>>;
    set<T extends V>(key: string, value: T, options?: WriteOptions<T>): Promise<Written>;
    setMany<T extends V>(entries: Iterable<readonly [string, T]>, options?: WriteOptions<T>): Promise<Written>;
    update<T extends V>(key: string, make: () => T | Promise<T>, options?: WriteOptions<T>): Promise<Updated<T>>;
    delete(keys: string | readonly string[], options?: {
        readonly hold?: Duration;
    }): Promise<Written>;
    expire(keys: string | readonly string[]): Promise<Written>;
    invalidateTags(tags: string | readonly string[]): Promise<Written>;
    invalidateMatching(pattern: string): Promise<Written>;
    clear(): Promise<Written>;
    namespace<U = unknown>(name: string, options?: NamespaceOptions<U>): Namespace<U>;
    stats(): Stats;
    inspect(key: string): Promise<Inspection>;
}

export declare type NamespaceOptions<V = unknown> = Omit<ReadOptions<V>, 'signal' | 'force'>;

export declare class Nesting {
    #private;
    constructor(deepest?: number);
    enter(value: object): void;
    leave(): void;
    reset(): void;
}

export declare interface ObservedCall {
    readonly operation: string;
    readonly size: number;
}

export declare interface ObservedLoad {
    readonly keys: readonly string[];
    readonly namespace: string;
}

export declare function packEntry(parts: EnvelopeParts): Uint8Array;

export declare function packInstant(at: number): Uint8Array;

export declare function packPlaceholder(kind: 'lease' | 'hold', id: Uint8Array): Uint8Array;

export declare function packTags(tags: readonly StampedTag[]): Uint8Array;

export declare function parseByteSize(name: string, size: ByteSize): number;

export declare function parseDuration(name: string, duration: Duration): number;

export declare type Parts = {
    readonly type: 'date';
    readonly ms: number;
} | {
    readonly type: 'map';
    readonly entries: readonly (readonly [key: unknown, value: unknown])[];
} | {
    readonly type: 'set';
    readonly items: readonly unknown[];
}
| {
    readonly type: 'bytes';
    readonly view: string;
    readonly bytes: Uint8Array;
} | {
    readonly type: 'url';
    readonly href: string;
} | {
    readonly type: 'regExp';
    readonly source: string;
    readonly flags: string;
    readonly lastIndex: number;
} | {
    readonly type: 'error';
    readonly error: ErrorParts;
};

export declare function putTogether(parts: Parts): object;

export declare interface ReadOptions<V = unknown> extends WriteOptions<V> {
    readonly softTimeout?: Duration | undefined;
    readonly timeout?: Duration | undefined;
    readonly refreshAhead?: number | undefined;
    readonly staleIfUnreachable?: boolean | undefined;
    readonly fleetSingleFlight?: boolean | {
        readonly waitFor?: Duration | undefined;
    } | undefined;
    readonly force?: boolean | undefined;
    readonly ungated?: boolean | undefined;
    readonly signal?: AbortSignal | undefined;
}

export declare function refusal(error: unknown, value: unknown, serialize: (part: unknown) => unknown): SerializationError;

export declare function refuseSymbols(object: object): void;

export declare interface RemoteCall {
    readonly deadlineAt: number;
}

export declare interface RemoteDescription {
    readonly name: string;
    readonly coherence: Coherence;
    readonly limits: readonly string[];
    readonly state?: RemoteState;
    readonly details?: Readonly<Record<string, string | number | boolean>>;
}

export declare interface RemoteEntry {
    readonly type: 'entry';
    readonly payload: Uint8Array;
    readonly serializer: string;
    readonly createdAt: number;
    readonly staleAt: number;
    readonly expiresAt: number;
    readonly tags: readonly string[];
    readonly guards?: readonly Guard[];
}

export declare interface RemoteInfo {
    readonly usedBytes?: number;
    readonly maxBytes?: number;
    readonly evictionPolicy?: string;
    readonly evictions?: number;
    readonly expirations?: number;
    readonly keyspaceHits?: number;
    readonly keyspaceMisses?: number;
    readonly clients?: number;
    readonly commands?: number;
    readonly uptimeSeconds?: number;
}

export declare interface RemoteMiss {
    readonly type: 'miss';
    readonly reason?: string;
}

export declare type RemoteOperation = 'getMany' | 'setMany' | 'deleteMany' | 'lease' | 'fill' | 'release' | 'settle' | 'expire' | 'invalidateTags' | 'invalidateMatching' | 'clear' | 'ping' | 'info';

export declare type RemoteRead = RemoteEntry | RemoteMiss | undefined;

export declare type RemoteState = 'connecting' | 'ready' | 'away' | 'closed';

export declare interface RemoteStore {
    partOf?(what: 'key' | 'tag', name: string): string | undefined;
    getMany(keys: readonly string[], call: RemoteCall): Promise<readonly RemoteRead[]>;
    setMany(writes: readonly RemoteWrite[], call: RemoteCall): Promise<readonly Stored[]>;
    deleteMany(keys: readonly string[], call: RemoteCall, holdMs?: number): Promise<void>;
    close(): Promise<void>;
    lease?(requests: readonly LeaseRequest[], call: RemoteCall): Promise<readonly (Lease | RemoteEntry | TakenLease)[]>;
    fill?(fills: readonly Fill[], call: RemoteCall): Promise<readonly Stored[]>;
    release?(leases: readonly {
        readonly key: string;
        readonly lease: Lease;
    }[], call: RemoteCall): Promise<void>;
    settle?(settlements: readonly Settlement[], call: RemoteCall): Promise<readonly Stored[]>;
    expire?(keys: readonly string[], call: RemoteCall): Promise<void>;
    invalidateTags?(tags: readonly string[], call: RemoteCall): Promise<void>;
    invalidateMatching?(pattern: string, call: RemoteCall): Promise<void>;
    clear?(call: RemoteCall): Promise<void>;
    scan?(pattern: string): AsyncIterable<readonly string[]>;
    listen?(listener: InvalidationListener, options: ListenOptions): () => void;
    guard?(key: string): Guard;
    barrier?(key: string, call: RemoteCall): Promise<void>;
    ping?(call: RemoteCall, part?: string): Promise<number>;
    info?(call: RemoteCall): Promise<RemoteInfo>;
    reopen?(part?: string): Promise<void>;
    describe?(): RemoteDescription;
}

export declare class RemoteTimeoutError extends HoldfastError {
    constructor(message: string, options?: ErrorOptions);
}

export declare class RemoteUnavailableError extends HoldfastError {
    constructor(message: string, options?: ErrorOptions);
}

export declare interface RemoteWrite {
    readonly key: string;
    readonly payload: Uint8Array;
    readonly serializer: string;
    readonly createdAt: number;
    readonly staleAt: number;
    readonly expiresAt: number;
    readonly tags: readonly string[];
}

export declare interface SeenInvalidation {
    readonly what: Invalidation;
    readonly origin: 'local' | 'remote';
    readonly at: number;
}

export declare class SerializationError extends HoldfastError {
    constructor(message: string, options?: ErrorOptions);
}

export declare interface Serializer {
    readonly name: string;
    serialize(value: unknown): Uint8Array;
    deserialize(bytes: Uint8Array): unknown;
}

export declare function serializerByte(name: string): number;

export declare interface Settlement {
    readonly key: string;
    readonly lease: Lease | undefined;
    readonly write: RemoteWrite | undefined;
}

export declare interface SharedStats {
    readonly memoryEntries: number;
    readonly memoryBytes: number | undefined;
    readonly memoryMaxBytes: number | undefined;
    readonly memoryMaxEntries: number | undefined;
    readonly fallbackEntries: number;
    readonly evictions: number;
    readonly loadsRunning: number;
    readonly loadsQueued: number;
    readonly remoteErrors: number;
    readonly heard: number;
    readonly journalEntries: number;
    readonly journalBytes: number;
    readonly gaps: number;
    readonly remoteCalls: Readonly<Record<string, CallSummary>>;
    readonly remote: RemoteDescription | undefined;
}

export declare type Source = 'memory' | 'remote' | 'loader';

export declare function sparseArray(length: unknown, elements: readonly (readonly [index: unknown, value: unknown])[]): unknown[];

export declare const staleOffset = 26;

export declare interface StampedTag {
    readonly name: string;
    readonly version: Uint8Array;
}

export declare interface Stats {
    readonly hits: number;
    readonly misses: number;
    readonly hitRatio: number;
    readonly memoryHits: number;
    readonly remoteHits: number;
    readonly staleHits: number;
    readonly loads: number;
    readonly loadErrors: number;
    readonly loadTimeouts: number;
    readonly loadsRejected: number;
    readonly lateLoads: number;
    readonly coalesced: number;
    readonly fleetWaits: number;
    readonly refreshes: number;
    readonly sets: number;
    readonly deletes: number;
    readonly invalidations: number;
    readonly serializationErrors: number;
    readonly loadLatency: HistogramSummary;
    readonly shared: SharedStats;
}

export declare type Stored = readonly Guard[] | undefined;

export declare const systemClock: Clock;

export declare function takeApart(value: object): Parts;

export declare interface TakenLease {
    readonly type: 'taken';
    whenOver(over: () => void): void;
    leave(): void;
}

export declare interface Timed {
    readonly deadlineAt: number;
    settled: boolean;
    expire(): void;
}

export declare const tokenBytes = 9;

export declare function tokenOf(bytes: Uint8Array): Uint8Array;

export declare interface Updated<V> extends Written {
    readonly value: V;
}

export declare function wholePatterns(namespace: string, pattern: string): readonly string[];

export declare interface WriteOptions<V = unknown> {
    readonly ttl?: Duration | ((value: V) => Duration) | undefined;
    readonly grace?: Duration | undefined;
    readonly jitter?: number | undefined;
    readonly tags?: readonly string[] | ((value: V) => readonly string[]) | undefined;
    readonly isolation?: Isolation | undefined;
    readonly skipMemory?: boolean | undefined;
    readonly skipRemote?: boolean | undefined;
}

export declare interface Written {
    readonly reached: 'all' | 'memory';
    readonly queued: boolean;
}

export { }
