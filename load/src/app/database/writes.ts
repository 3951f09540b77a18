import { seededUntil, userCount } from './seed.ts'
import type { CountedDatabase } from './counted.ts'

/** What a write changed: each scope with its new version. `undefined` where there is no such row. */
export interface Changed {
  readonly id: number | undefined
  /** By scope: `lead:17`, `leads:texas:NEW`, `pricing:texas`. */
  readonly versions: Readonly<Record<string, number>>
}

export interface NewLead {
  readonly name: string
  readonly region: string
  readonly source: string
  readonly note: string
}

export interface LeadChange {
  readonly id: number
  readonly status: string | undefined
  readonly note: string | undefined
}

const insertSql = `
  INSERT INTO leads (name, email, phone, region, status, source, score, monthly_bill_cents, note, user_id, created_at)
  VALUES (?, ?, '', ?, 'NEW', ?, 50, 10000, ?, ?, ? + (SELECT max(id) FROM leads))
  RETURNING id`
const placeSql = 'SELECT region, status FROM leads WHERE id = ?'
const changeSql = `
  UPDATE leads SET status = coalesce(?, status), note = coalesce(?, note), version = version + 1
  WHERE id = ?
  RETURNING version`
const bumpSql = `
  INSERT INTO scopes VALUES (?, 1)
  ON CONFLICT (name) DO UPDATE SET version = version + 1
  RETURNING version`
const priceSql = 'UPDATE prices SET cents_per_kwh = ? WHERE region = ? AND plan = ? RETURNING plan'

/** Adds a lead in status NEW. */
export function createLead(database: CountedDatabase, lead: NewLead): Changed {
  const email = `${lead.name.toLowerCase().replaceAll(/[^a-z]+/g, '.')}@example.com`
  const { region, source, note } = lead
  const userId = 1 + (lead.name.length % userCount)
  const row = database.change(insertSql, lead.name, email, region, source, note, userId, seededUntil)
  return { id: Number(row?.['id']), versions: bump(database, [`leads:${region}:NEW`]) }
}

/** Changes a lead's status or note; the lists that it leaves and joins change with it. */
export function changeLead(database: CountedDatabase, { id, status, note }: LeadChange): Changed | undefined {
  const before = database.first(placeSql, id)
  if (before === undefined) return undefined
  const changed = database.change(changeSql, status ?? null, note ?? null, id)
  const buckets = new Set(
    [before['status'], status ?? before['status']].map((each) => `leads:${before['region']}:${each}`),
  )
  return { id, versions: { [`lead:${id}`]: Number(changed?.['version']), ...bump(database, [...buckets]) } }
}

export function setPrice(
  database: CountedDatabase,
  { region, plan, centsPerKwh }: { readonly region: string; readonly plan: string; readonly centsPerKwh: number },
): Changed | undefined {
  if (database.change(priceSql, centsPerKwh, region, plan) === undefined) return undefined
  return { id: undefined, versions: bump(database, [`pricing:${region}`]) }
}

function bump(database: CountedDatabase, scopes: readonly string[]): Record<string, number> {
  return Object.fromEntries(scopes.map((scope) => [scope, Number(database.change(bumpSql, scope)?.['version'])]))
}
