import { CacheKeys } from '../app/keys.ts'
import { userCount } from '../app/database/seed.ts'
import { noteWords, plans, regions, reports, statuses } from '../app/vocabulary.ts'

/** Kinds of requests. */
export const routes = [
  'lead',
  'leads',
  'search',
  'user',
  'users',
  'pricing',
  'analytics',
  'change-lead',
  'set-price',
] as const
export type Route = (typeof routes)[number]
type WriteRoute = 'change-lead' | 'set-price'
type ReadRoute = Exclude<Route, WriteRoute>

/** A request that reads, and what its answer must be like. */
export interface Read {
  readonly type: 'read'
  readonly route: ReadRoute
  readonly path: string
  /** The key that its answer must carry. */
  readonly key: string
  /** What it shows: a write to that is seen by every read after its acknowledgement. */
  readonly scope?: string
  /** How old an answer without a scope may be: the ttl that the API gives it. */
  readonly maxAgeMs?: number
}

/** A request that writes. Its answer tells the versions of the scopes that it changed. */
export interface Write {
  readonly type: 'write'
  readonly route: WriteRoute
  readonly path: string
  readonly method: 'PATCH' | 'PUT'
  readonly body: string
}

/** A request that can be made again and again. */
export type CatalogEntry = Read | Write

/** What can be read, by route, with the share of the reads that goes there. */
export function readRoutes(leads: number): readonly { readonly share: number; readonly entries: readonly Read[] }[] {
  return [
    { share: 0.55, entries: upTo(leads).map(readLead) },
    { share: 0.2, entries: lists() },
    { share: 0.03, entries: searches() },
    { share: 0.03, entries: analytics() },
    { share: 0.1, entries: regions.map(readPricing) },
    { share: 0.07, entries: upTo(Math.min(userCount, 50)).map(readUser) },
    { share: 0.02, entries: upTo(4).map(readUsers) },
  ]
}

export function readLead(id: number): Read {
  return { type: 'read', route: 'lead', path: `/api/leads/${id}`, key: CacheKeys.lead(id), scope: `lead:${id}` }
}

/** A change of status, which moves a lead from one list to another. */
export function writeLead(id: number): Write {
  const body = JSON.stringify({ status: statuses[id % statuses.length] })
  return { type: 'write', route: 'change-lead', path: `/api/leads/${id}`, method: 'PATCH', body }
}

export function priceWrites(): readonly Write[] {
  return regions.flatMap((region) =>
    plans.map((plan, index) => ({
      type: 'write' as const,
      route: 'set-price',
      path: `/api/pricing/${region}/${plan}`,
      method: 'PUT' as const,
      body: JSON.stringify({ centsPerKwh: 20 + index }),
    })),
  )
}

/** The first pages of the leads of each region in each status. */
function lists(): readonly Read[] {
  return regions.flatMap((region) =>
    statuses.flatMap((status) =>
      upTo(2).map((page): Read => {
        const query = `region=${region}&status=${status}&page=${page}`
        const scope = `leads:${region}:${status}`
        return { type: 'read', route: 'leads', path: `/api/leads?${query}`, key: CacheKeys.leadList(query), scope }
      }),
    ),
  )
}

function searches(): readonly Read[] {
  return regions.flatMap((region) =>
    noteWords.slice(0, 8).map((word): Read => {
      const query = `region=${region}&q=${word}`
      return {
        type: 'read',
        route: 'search',
        path: `/api/leads/search?${encodeURI(query)}`,
        key: CacheKeys.leadSearch(query),
        maxAgeMs: 120_000,
      }
    }),
  )
}

function analytics(): readonly Read[] {
  return reports.flatMap((report) =>
    regions.map((region): Read => {
      const path = `/api/analytics/${report}/${region}`
      return { type: 'read', route: 'analytics', path, key: CacheKeys.analytics(report, region), maxAgeMs: 60_000 }
    }),
  )
}

function readPricing(region: string): Read {
  return {
    type: 'read',
    route: 'pricing',
    path: `/api/pricing/${region}`,
    key: CacheKeys.pricing(region),
    scope: `pricing:${region}`,
  }
}

function readUser(id: number): Read {
  return { type: 'read', route: 'user', path: `/api/users/${id}`, key: CacheKeys.user(id), maxAgeMs: 300_000 }
}

function readUsers(page: number): Read {
  return {
    type: 'read',
    route: 'users',
    path: `/api/users?page=${page}`,
    key: CacheKeys.users(page),
    maxAgeMs: 3_600_000,
  }
}

function upTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, index) => index + 1)
}
