// Written by `pnpm check:packages api --update`.

// @holdfast/warm

import { Cache } from '@holdfast/core';
import { Duration } from '@holdfast/core';
import { LoadContext } from '@holdfast/core';
import { Namespace } from '@holdfast/core';
import { ReadOptions } from '@holdfast/core';

export declare function createWarmer(cache: Cache, options: WarmerOptions): Warmer;

declare interface JobBase extends Omit<ReadOptions<never>, 'signal' | 'force' | 'skipRemote' | 'refreshAhead' | 'softTimeout'> {
    readonly name?: string | undefined;
    readonly keys: WarmKeys;
    readonly cache?: Namespace | undefined;
}

export declare interface WarmBatchJob extends JobBase {
    readonly loadMany: (keys: readonly string[], context: WarmManyContext) => ReadonlyMap<string, unknown> | Promise<ReadonlyMap<string, unknown>>;
    readonly batch?: number | undefined;
}

export declare interface WarmEachJob extends JobBase {
    readonly load: (key: string, context: LoadContext) => unknown;
}

export declare interface Warmer extends AsyncDisposable {
    run(options?: WarmRunOptions): Promise<WarmReport>;
    every(interval: Duration, schedule?: WarmSchedule): Disposable;
    on<E extends keyof WarmEvents>(event: E, listener: (detail: WarmEvents[E]) => void): Disposable;
    readonly isRunning: boolean;
    readonly isClosed: boolean;
    readonly last: WarmReport | undefined;
    close(): Promise<void>;
}

export declare interface WarmerOptions {
    readonly jobs: readonly WarmJob[];
    readonly concurrency?: number | undefined;
    readonly rate?: {
        readonly loads: number;
        readonly per: Duration;
    } | undefined;
    readonly deadline?: Duration | undefined;
    readonly retries?: number | undefined;
    readonly backoff?: Duration | undefined;
    readonly lease?: Duration | false | undefined;
    readonly name?: string | undefined;
    readonly random?: (() => number) | undefined;
}

export declare interface WarmEvents {
    readonly progress: WarmProgress;
    readonly failed: {
        readonly job: string;
        readonly keys: readonly string[];
        readonly error: unknown;
        readonly attempt: number;
        readonly willRetry: boolean;
    };
    readonly ended: WarmReport;
}

export declare type WarmJob = WarmEachJob | WarmBatchJob;

export declare interface WarmJobReport extends WarmProgress {
    readonly error?: unknown;
}

export declare type WarmKeys = Iterable<string> | AsyncIterable<string> | (() => Iterable<string> | AsyncIterable<string> | Promise<Iterable<string> | AsyncIterable<string>>);

export declare interface WarmManyContext {
    readonly signal: AbortSignal;
}

export declare type WarmOutcome = 'done' | 'late' | 'aborted' | 'elsewhere' | 'recent' | 'unreachable';

export declare interface WarmProgress {
    readonly job: string;
    readonly keys: number;
    readonly fresh: number;
    readonly loaded: number;
    readonly absent: number;
    readonly failed: number;
}

export declare interface WarmReport {
    readonly outcome: WarmOutcome;
    readonly durationMs: number;
    readonly jobs: readonly WarmJobReport[];
}

export declare interface WarmRunOptions {
    readonly force?: boolean | undefined;
    readonly signal?: AbortSignal | undefined;
}

export declare interface WarmSchedule {
    readonly jitter?: number | undefined;
    readonly now?: boolean | undefined;
}

export { }
