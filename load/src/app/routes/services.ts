import type { ApiCache } from '../cache.ts'
import type { Database } from '../database/database.ts'
import type { Loads } from '../loads.ts'
import type { Tally } from '../tally.ts'

/** What the routes are made of. */
export interface Services {
  readonly cache: ApiCache
  readonly database: Database
  readonly loads: Loads
  readonly tally: Tally
}
