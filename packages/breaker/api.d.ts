// Written by `pnpm check:packages api --update`.

// @holdfast/breaker

import { Clock } from '@holdfast/core';
import { Duration } from '@holdfast/core';
import { RemoteStore } from '@holdfast/core';

export declare interface BreakerOptions {
    readonly errorThreshold?: number;
    readonly volumeThreshold?: number;
    readonly window?: Duration;
    readonly timeoutsInARow?: number;
    readonly probeEvery?: Duration;
    readonly probeTimeout?: Duration;
    readonly isFailure?: (error: unknown) => boolean;
    readonly onStateChange?: (transition: BreakerTransition) => void;
    readonly clock?: Clock;
    readonly random?: () => number;
}

export declare type BreakerReason = 'failures' | 'timeouts' | 'probing' | 'probe failed' | 'probe succeeded' | 'store closed';

export declare type BreakerScope = 'all' | 'writes';

export declare type BreakerState = 'closed' | 'open' | 'halfOpen' | 'shutdown';

export declare interface BreakerTransition {
    readonly scope: BreakerScope;
    readonly part?: string;
    readonly from: BreakerState;
    readonly to: BreakerState;
    readonly reason: BreakerReason;
    readonly at: number;
}

export declare function withBreaker(store: RemoteStore, options?: BreakerOptions): RemoteStore;

export { }
