// Written by `pnpm check:packages api --update`.

// @holdfast/monitor

import { Cache } from '@holdfast/core';
import { Clock } from '@holdfast/core';
import { Duration } from '@holdfast/core';
import type { IncomingMessage } from 'node:http';
import type { RemoteInfo } from '@holdfast/core';
import type { ServerResponse } from 'node:http';
import type { Stats } from '@holdfast/core';

export declare interface Alert {
    readonly rule: string;
    readonly title: string;
    readonly severity: AlertRule['severity'];
    readonly state: 'firing' | 'cleared';
    readonly cache: string;
    readonly value: number | undefined;
    readonly message: string;
    readonly firedAt: number;
    readonly clearedAt?: number;
}

export declare interface AlertRule {
    readonly name: string;
    readonly severity: 'warning' | 'critical';
    readonly title: string;
    readonly window: Duration;
    readonly warmUp?: Duration;
    judge(window: AlertWindow): Judgement | undefined;
}

export declare interface Alerts extends Disposable {
    active(): readonly Alert[];
    status(): readonly RuleStatus[];
    history(): readonly Alert[];
    check(): Promise<void>;
    close(): void;
}

export declare function alerts(cache: Cache, options?: AlertsOptions): Alerts;

export declare interface AlertsOptions {
    readonly rules?: readonly AlertRule[];
    readonly onAlert?: (alert: Alert) => unknown;
    readonly every?: Duration;
    readonly clock?: Clock;
}

export declare interface AlertWindow {
    readonly first: Sample;
    readonly last: Sample;
    readonly samples: readonly Sample[];
}

export declare interface Dashboard extends Disposable {
    handle(request: Request): Promise<Response>;
    close(): void;
}

export declare function dashboard(cache: Cache, options?: DashboardOptions): Dashboard;

export declare interface DashboardOptions {
    readonly token?: string;
    readonly allowInvalidate?: boolean;
    readonly showValues?: boolean;
    readonly alerts?: Alerts;
    readonly clock?: Clock;
}

export declare function defaultRules(): readonly AlertRule[];

export declare interface Health {
    readonly status: 'healthy' | 'degraded' | 'unhealthy';
    readonly cache: string;
    readonly remote: 'ready' | 'away' | 'none';
    readonly isFallback: boolean;
    readonly latencyMs: number | undefined;
    readonly problems: readonly string[];
}

export declare function health(cache: Cache): Promise<Health>;

export declare function hitRatioBelow(limit: number, options?: RuleOptions): AlertRule;

export declare interface Judgement {
    readonly verdict: 'bad' | 'good' | 'between';
    readonly value: number;
    readonly message: string;
}

export declare function latencyAbove(limit: Duration, options?: RuleOptions): AlertRule;

export declare function memoryAbove(limit: number, options?: RuleOptions): AlertRule;

export declare function nodeHandler(handle: (request: Request) => Promise<Response>): (request: IncomingMessage, response: ServerResponse) => void;

export declare function remoteFailing(limit?: number, options?: RuleOptions): AlertRule;

export declare interface RuleOptions {
    readonly window?: Duration;
    readonly minimum?: number;
    readonly clearAt?: number;
    readonly severity?: 'warning' | 'critical';
    readonly warmUp?: Duration;
}

export declare interface RuleStatus {
    readonly rule: string;
    readonly title: string;
    readonly severity: AlertRule['severity'];
    readonly state: 'firing' | 'quiet' | 'waiting';
    readonly value: number | undefined;
    readonly message: string;
    readonly since: number | undefined;
}

export declare interface Sample {
    readonly at: number;
    readonly stats: Stats;
    readonly info: RemoteInfo | undefined;
    readonly heap: {
        readonly usedBytes: number;
        readonly maxBytes: number;
    };
}

export declare function serveDashboard(cache: Cache, options?: ServeDashboardOptions): Promise<ServedDashboard>;

export declare interface ServeDashboardOptions extends DashboardOptions {
    readonly port?: number;
    readonly host?: string;
}

export declare interface ServedDashboard extends AsyncDisposable {
    readonly url: string;
    readonly port: number;
    close(): Promise<void>;
}

export { }

// @holdfast/monitor/prometheus

import { Cache } from '@holdfast/core';
import { Registry } from 'prom-client';

export declare const bucketEndsMs: readonly number[];

export declare function prometheus(caches: Cache | readonly Cache[], options?: PrometheusOptions): PrometheusMetrics;

export declare interface PrometheusMetrics extends Disposable {
    readonly registry: Registry;
    text(): Promise<string>;
    readonly contentType: string;
    handle(): Promise<Response>;
    close(): void;
}

export declare interface PrometheusOptions {
    readonly registry?: Registry;
    readonly serverInfo?: boolean;
}

export { }

// @holdfast/monitor/opentelemetry

import { Cache } from '@holdfast/core';
import { Meter } from '@opentelemetry/api';
import { Tracer } from '@opentelemetry/api';

export declare function observeMetrics(cache: Cache, options?: OtelMetricsOptions): Disposable;

export declare function observeTraces(cache: Cache, options?: OtelTracesOptions): Disposable;

export declare interface OtelMetricsOptions {
    readonly meter?: Meter;
    readonly serverInfo?: boolean;
}

export declare interface OtelTracesOptions {
    readonly tracer?: Tracer;
    readonly keys?: boolean;
}

export { }
