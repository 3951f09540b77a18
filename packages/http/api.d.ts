// Written by `pnpm check:packages api --update`.

// @holdfast/http

import { ByteSize } from '@holdfast/core';
import { Duration } from '@holdfast/core';
import type { Namespace } from '@holdfast/core';

export declare interface CachedRequest {
    readonly method: string;
    readonly url: string;
    readonly headers: HeaderReader;
}

export declare interface CachedResponse {
    readonly status: number;
    readonly headers: HeaderReader;
}

export declare function cacheResponse(cache: Namespace, options?: CacheResponseOptions): <Rest extends readonly unknown[]>(handler: WebHandler<Rest>) => (request: Request, ...rest: Rest) => Promise<Response>;

export declare interface CacheResponseOptions {
    readonly ttl?: Duration | ((request: CachedRequest, response: CachedResponse) => Duration | undefined) | undefined;
    readonly grace?: Duration | undefined;
    readonly staleWhileRevalidate?: Duration | undefined;
    readonly keep?: Duration | undefined;
    readonly vary?: Vary | undefined;
    readonly key?: ((request: CachedRequest) => string | undefined) | undefined;
    readonly tags?: readonly string[] | ((request: CachedRequest, response: CachedResponse) => readonly string[]) | undefined;
    readonly invalidates?: readonly string[] | ((request: CachedRequest, response: CachedResponse) => readonly string[]) | undefined;
    readonly maxBodyBytes?: ByteSize | undefined;
    readonly heuristic?: number | undefined;
    readonly clientDirectives?: boolean | undefined;
    readonly targets?: readonly string[] | undefined;
    readonly name?: string | false | undefined;
    readonly namespace?: string | undefined;
}

export declare interface HeaderReader {
    get(name: string): string | null;
}

export declare type Normalize = (value: string | undefined) => string | undefined;

export declare type Vary = readonly string[] | Readonly<Record<string, true | Normalize>>;

export declare type WebHandler<Rest extends readonly unknown[] = []> = (request: Request, ...rest: Rest) => Response | Promise<Response>;

export { }

// @holdfast/http/hono

import { ByteSize } from '@holdfast/core';
import { Duration } from '@holdfast/core';
import type { Namespace } from '@holdfast/core';

declare interface CachedRequest {
    readonly method: string;
    readonly url: string;
    readonly headers: HeaderReader;
}

declare interface CachedResponse {
    readonly status: number;
    readonly headers: HeaderReader;
}

export declare function cacheResponse(cache: Namespace, options?: CacheResponseOptions): HonoMiddleware;

declare interface CacheResponseOptions {
    readonly ttl?: Duration | ((request: CachedRequest, response: CachedResponse) => Duration | undefined) | undefined;
    readonly grace?: Duration | undefined;
    readonly staleWhileRevalidate?: Duration | undefined;
    readonly keep?: Duration | undefined;
    readonly vary?: Vary | undefined;
    readonly key?: ((request: CachedRequest) => string | undefined) | undefined;
    readonly tags?: readonly string[] | ((request: CachedRequest, response: CachedResponse) => readonly string[]) | undefined;
    readonly invalidates?: readonly string[] | ((request: CachedRequest, response: CachedResponse) => readonly string[]) | undefined;
    readonly maxBodyBytes?: ByteSize | undefined;
    readonly heuristic?: number | undefined;
    readonly clientDirectives?: boolean | undefined;
    readonly targets?: readonly string[] | undefined;
    readonly name?: string | false | undefined;
    readonly namespace?: string | undefined;
}

declare interface HeaderReader {
    get(name: string): string | null;
}

export declare interface HonoContext {
    readonly req: {
        raw: Request;
    };
    get res(): Response;
    set res(response: Response | undefined);
}

export declare type HonoMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<void>;

declare type Normalize = (value: string | undefined) => string | undefined;

declare type Vary = readonly string[] | Readonly<Record<string, true | Normalize>>;

export { }

// @holdfast/http/express

import { ByteSize } from '@holdfast/core';
import { Duration } from '@holdfast/core';
import type { IncomingMessage } from 'node:http';
import type { Namespace } from '@holdfast/core';
import type { ServerResponse } from 'node:http';

declare interface CachedRequest {
    readonly method: string;
    readonly url: string;
    readonly headers: HeaderReader;
}

declare interface CachedResponse {
    readonly status: number;
    readonly headers: HeaderReader;
}

export declare function cacheResponse(cache: Namespace, options?: CacheResponseOptions): ExpressMiddleware;

declare interface CacheResponseOptions {
    readonly ttl?: Duration | ((request: CachedRequest, response: CachedResponse) => Duration | undefined) | undefined;
    readonly grace?: Duration | undefined;
    readonly staleWhileRevalidate?: Duration | undefined;
    readonly keep?: Duration | undefined;
    readonly vary?: Vary | undefined;
    readonly key?: ((request: CachedRequest) => string | undefined) | undefined;
    readonly tags?: readonly string[] | ((request: CachedRequest, response: CachedResponse) => readonly string[]) | undefined;
    readonly invalidates?: readonly string[] | ((request: CachedRequest, response: CachedResponse) => readonly string[]) | undefined;
    readonly maxBodyBytes?: ByteSize | undefined;
    readonly heuristic?: number | undefined;
    readonly clientDirectives?: boolean | undefined;
    readonly targets?: readonly string[] | undefined;
    readonly name?: string | false | undefined;
    readonly namespace?: string | undefined;
}

export declare type ExpressMiddleware = (request: ExpressRequest, response: ServerResponse, next: (error?: unknown) => void) => void;

export declare interface ExpressRequest extends IncomingMessage {
    readonly originalUrl: string;
    readonly baseUrl: string;
}

declare interface HeaderReader {
    get(name: string): string | null;
}

declare type Normalize = (value: string | undefined) => string | undefined;

declare type Vary = readonly string[] | Readonly<Record<string, true | Normalize>>;

export { }

// @holdfast/http/fastify

import { ByteSize } from '@holdfast/core';
import { Duration } from '@holdfast/core';
import type { IncomingMessage } from 'node:http';
import type { Namespace } from '@holdfast/core';
import type { OutgoingHttpHeader } from 'node:http';
import type { ServerResponse } from 'node:http';

declare interface CachedRequest {
    readonly method: string;
    readonly url: string;
    readonly headers: HeaderReader;
}

declare interface CachedResponse {
    readonly status: number;
    readonly headers: HeaderReader;
}

export declare function cacheResponse(cache: Namespace, options?: CacheResponseOptions): FastifyHook;

declare interface CacheResponseOptions {
    readonly ttl?: Duration | ((request: CachedRequest, response: CachedResponse) => Duration | undefined) | undefined;
    readonly grace?: Duration | undefined;
    readonly staleWhileRevalidate?: Duration | undefined;
    readonly keep?: Duration | undefined;
    readonly vary?: Vary | undefined;
    readonly key?: ((request: CachedRequest) => string | undefined) | undefined;
    readonly tags?: readonly string[] | ((request: CachedRequest, response: CachedResponse) => readonly string[]) | undefined;
    readonly invalidates?: readonly string[] | ((request: CachedRequest, response: CachedResponse) => readonly string[]) | undefined;
    readonly maxBodyBytes?: ByteSize | undefined;
    readonly heuristic?: number | undefined;
    readonly clientDirectives?: boolean | undefined;
    readonly targets?: readonly string[] | undefined;
    readonly name?: string | false | undefined;
    readonly namespace?: string | undefined;
}

export declare type FastifyHook = (request: {
    readonly raw: IncomingMessage;
    readonly originalUrl: string;
    readonly url: string;
}, reply: {
    readonly raw: ServerResponse;
    getHeaders(): Record<string, OutgoingHttpHeader | undefined>;
}, done: (error?: Error) => void) => void;

declare interface HeaderReader {
    get(name: string): string | null;
}

declare type Normalize = (value: string | undefined) => string | undefined;

declare type Vary = readonly string[] | Readonly<Record<string, true | Normalize>>;

export { }

// @holdfast/http/node

import { ByteSize } from '@holdfast/core';
import { Duration } from '@holdfast/core';
import type { IncomingMessage } from 'node:http';
import type { Namespace } from '@holdfast/core';
import type { ServerResponse } from 'node:http';

declare interface CachedRequest {
    readonly method: string;
    readonly url: string;
    readonly headers: HeaderReader;
}

declare interface CachedResponse {
    readonly status: number;
    readonly headers: HeaderReader;
}

export declare function cacheResponse(cache: Namespace, options?: CacheResponseOptions): (listener: Listener) => (request: IncomingMessage, response: ServerResponse) => void;

declare interface CacheResponseOptions {
    readonly ttl?: Duration | ((request: CachedRequest, response: CachedResponse) => Duration | undefined) | undefined;
    readonly grace?: Duration | undefined;
    readonly staleWhileRevalidate?: Duration | undefined;
    readonly keep?: Duration | undefined;
    readonly vary?: Vary | undefined;
    readonly key?: ((request: CachedRequest) => string | undefined) | undefined;
    readonly tags?: readonly string[] | ((request: CachedRequest, response: CachedResponse) => readonly string[]) | undefined;
    readonly invalidates?: readonly string[] | ((request: CachedRequest, response: CachedResponse) => readonly string[]) | undefined;
    readonly maxBodyBytes?: ByteSize | undefined;
    readonly heuristic?: number | undefined;
    readonly clientDirectives?: boolean | undefined;
    readonly targets?: readonly string[] | undefined;
    readonly name?: string | false | undefined;
    readonly namespace?: string | undefined;
}

declare interface HeaderReader {
    get(name: string): string | null;
}

export declare type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

declare type Normalize = (value: string | undefined) => string | undefined;

declare type Vary = readonly string[] | Readonly<Record<string, true | Normalize>>;

export { }
