import type { Report } from '../vocabulary.ts'
import type { CountedDatabase, Row } from './counted.ts'

/**
 * What was read, with the version of what it shows: the number of writes that had concerned it. It never goes down, so an answer
 * with a lower one than an earlier write's is stale.
 */
export interface Versioned<T> {
  readonly version: number
  /** When it was read, in milliseconds since the epoch. */
  readonly readAt: number
  /** `null` where there is no such row. */
  readonly data: T | null
}

export interface LeadDetail {
  readonly lead: Row
  readonly events: readonly Row[]
  readonly quotes: readonly Row[]
}

export interface UserDetail {
  readonly user: Row
  readonly leads: readonly Row[]
}

export interface LeadList {
  readonly summary: Row | undefined
  readonly leads: readonly Row[]
}

const pageSize = 25

const leadSql = `
  SELECT l.*, u.name AS user_name, u.email AS user_email
  FROM leads l JOIN users u ON u.id = l.user_id
  WHERE l.id = ?`
const eventsSql = 'SELECT id, kind, minutes, at FROM events WHERE lead_id = ? ORDER BY at DESC LIMIT 20'
const quotesSql = 'SELECT id, system_watts, price_cents, is_accepted, at FROM quotes WHERE lead_id = ? ORDER BY at DESC'
const scopeSql = 'SELECT version FROM scopes WHERE name = ?'
const regionVersionSql = "SELECT sum(version) AS version FROM scopes WHERE name GLOB 'leads:' || ? || ':*'"
const listSummarySql = 'SELECT count(*) AS total, avg(score) AS averageScore FROM leads WHERE region = ? AND status = ?'
const listSql = `
  SELECT id, name, score, monthly_bill_cents, source, created_at
  FROM leads WHERE region = ? AND status = ?
  ORDER BY created_at DESC LIMIT ? OFFSET ?`
const searchSql = `
  SELECT id, name, status, score, note
  FROM leads WHERE region = ? AND note LIKE '%' || ? || '%'
  ORDER BY score DESC, id LIMIT 20`
const userSql = 'SELECT * FROM users WHERE id = ?'
const userLeadsSql = `
  SELECT status, count(*) AS leads, avg(score) AS averageScore, sum(monthly_bill_cents) AS bills
  FROM leads WHERE user_id = ? GROUP BY status ORDER BY status`
const usersSql = 'SELECT id, name, region FROM users ORDER BY id LIMIT ? OFFSET ?'
const pricesSql = 'SELECT plan, cents_per_kwh, feed_in_cents_per_kwh FROM prices WHERE region = ? ORDER BY plan'

const reportSql: Readonly<Record<Report, string>> = {
  overview: `
    SELECT l.status, count(*) AS leads, avg(l.score) AS averageScore, sum(q.price_cents) AS quoted
    FROM leads l LEFT JOIN quotes q ON q.lead_id = l.id
    WHERE l.region = ? GROUP BY l.status ORDER BY l.status`,
  funnel: `
    SELECT l.source, l.status, count(DISTINCT l.id) AS leads, count(e.id) AS events, avg(e.minutes) AS averageMinutes
    FROM leads l LEFT JOIN events e ON e.lead_id = l.id
    WHERE l.region = ? GROUP BY l.source, l.status ORDER BY l.source, l.status`,
  sources: `
    SELECT l.source, count(*) AS leads, sum(q.is_accepted) AS accepted, sum(q.system_watts) AS watts
    FROM leads l JOIN quotes q ON q.lead_id = l.id
    WHERE l.region = ? GROUP BY l.source ORDER BY l.source`,
  reps: `
    SELECT u.id, u.name, count(*) AS won, sum(q.price_cents) AS sold
    FROM leads l JOIN users u ON u.id = l.user_id JOIN quotes q ON q.lead_id = l.id AND q.is_accepted = 1
    WHERE l.region = ? AND l.status = 'WON' GROUP BY u.id ORDER BY sold DESC, u.id LIMIT 10`,
}

/** One lead with its sales person, its history and its quotes. */
export function lead(database: CountedDatabase, id: number): Versioned<LeadDetail> {
  const found = database.first(leadSql, id)
  if (found === undefined) return versioned<LeadDetail>(0, null)
  const data = { lead: found, events: database.all(eventsSql, id), quotes: database.all(quotesSql, id) }
  return versioned(Number(found['version']), data)
}

/** A page of the leads of a region in a status, with figures over all of them. */
export function leadList(
  database: CountedDatabase,
  { region, status, page }: { readonly region: string; readonly status: string; readonly page: number },
): Versioned<LeadList> {
  const version = versionOf(database, `leads:${region}:${status}`)
  const summary = database.first(listSummarySql, region, status)
  const leads = database.all(listSql, region, status, pageSize, (page - 1) * pageSize)
  return versioned(version, { summary, leads })
}

/** Leads of a region whose note holds a text. */
export function leadSearch(
  database: CountedDatabase,
  { region, text }: { readonly region: string; readonly text: string },
): Versioned<readonly Row[]> {
  const version = regionVersion(database, region)
  return versioned(version, database.all(searchSql, region, text))
}

/** A sales person with figures over their leads. */
export function user(database: CountedDatabase, id: number): Versioned<UserDetail> {
  const found = database.first(userSql, id)
  if (found === undefined) return versioned<UserDetail>(0, null)
  return versioned(1, { user: found, leads: database.all(userLeadsSql, id) })
}

export function users(database: CountedDatabase, page: number): Versioned<readonly Row[]> {
  return versioned(1, database.all(usersSql, 50, (page - 1) * 50))
}

export function prices(database: CountedDatabase, region: string): Versioned<readonly Row[]> {
  return versioned(versionOf(database, `pricing:${region}`), database.all(pricesSql, region))
}

/** Figures over all leads of a region: a join and an aggregate over thousands of rows. */
export function report(
  database: CountedDatabase,
  { name, region }: { readonly name: Report; readonly region: string },
): Versioned<readonly Row[]> {
  const version = regionVersion(database, region)
  return versioned(version, database.all(reportSql[name], region))
}

function versionOf(database: CountedDatabase, scope: string): number {
  return Number(database.first(scopeSql, scope)?.['version'] ?? 0)
}

/** Changes with every write to a lead of the region. */
function regionVersion(database: CountedDatabase, region: string): number {
  return Number(database.first(regionVersionSql, region)?.['version'] ?? 0)
}

function versioned<T>(version: number, data: T | null): Versioned<T> {
  return { version, readAt: Date.now(), data }
}
