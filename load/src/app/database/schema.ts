import { createHash } from 'node:crypto'

/**
 * The tables of the Local Power API. `scopes` counts the writes that concern a list or a price, so that every answer can carry the
 * version of what it shows; a lead counts its own.
 */
export const tables = `
  CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    region TEXT NOT NULL
  ) STRICT;

  CREATE TABLE leads (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    region TEXT NOT NULL,
    status TEXT NOT NULL,
    source TEXT NOT NULL,
    score INTEGER NOT NULL,
    monthly_bill_cents INTEGER NOT NULL,
    note TEXT NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1
  ) STRICT;

  CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    lead_id INTEGER NOT NULL REFERENCES leads (id),
    user_id INTEGER NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE quotes (
    id INTEGER PRIMARY KEY,
    lead_id INTEGER NOT NULL REFERENCES leads (id),
    system_watts INTEGER NOT NULL,
    price_cents INTEGER NOT NULL,
    is_accepted INTEGER NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE prices (
    region TEXT NOT NULL,
    plan TEXT NOT NULL,
    cents_per_kwh REAL NOT NULL,
    feed_in_cents_per_kwh REAL NOT NULL,
    PRIMARY KEY (region, plan)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE scopes (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`

/** Made after the rows: a table is filled faster without. */
export const indexes = `
  CREATE INDEX leads_by_bucket ON leads (region, status, created_at DESC);
  CREATE INDEX leads_by_user ON leads (user_id, status);
  CREATE INDEX events_by_lead ON events (lead_id, at DESC);
  CREATE INDEX quotes_by_lead ON quotes (lead_id, at DESC);
  ANALYZE;
`

/** Changes with the tables, and so names the files that hold them. */
export const schemaHash: string = createHash('sha256')
  .update(tables + indexes)
  .digest('hex')
  .slice(0, 12)
