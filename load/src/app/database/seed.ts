import { createRandom, type Random } from '@holdfast/bench/stats/random'
import type { DatabaseSync } from 'node:sqlite'
import { indexes, tables } from './schema.ts'
import { eventKinds, noteWords, plans, regions, sources, statuses } from '../vocabulary.ts'

/** What the rows depend on, and nothing else: neither the time nor the machine. */
export interface Seeding {
  readonly seed: number
  /** How many leads; about twice as many events and half as many quotes come with them. */
  readonly rows: number
}

/** Changes when {@link seedDatabase} makes other rows from the same seed, and so names the files that hold them. */
export const seedingVersion = 1

/** How many sales people there are. */
export const userCount = 200

/** The end of the year that the rows lie in, in milliseconds since the epoch. */
export const seededUntil: number = Date.UTC(2026, 0, 1)

const yearMs = 365 * 86_400_000

const firstNames = ['Ada', 'Ben', 'Carla', 'David', 'Elena', 'Felix', 'Grace', 'Hugo', 'Ines', 'Jonas', 'Kira', 'Luis']
const lastNames = ['Adler', 'Brown', 'Costa', 'Diaz', 'Evans', 'Fischer', 'Garcia', 'Huber', 'Ito', 'Jones', 'Khan']

/** Fills an empty database. The same seeding gives the same rows everywhere. */
export function seedDatabase(database: DatabaseSync, seeding: Seeding): void {
  const random = createRandom(seeding.seed)
  database.exec(tables)
  database.exec('BEGIN')
  insertUsers(database, random)
  insertLeads(database, random, seeding.rows)
  insertPrices(database, random)
  database.exec('COMMIT')
  database.exec(indexes)
}

function insertUsers(database: DatabaseSync, random: Random): void {
  const insert = database.prepare('INSERT INTO users VALUES (?, ?, ?, ?)')
  for (let id = 1; id <= userCount; id++) {
    const name = personName(random)
    insert.run(id, name, `${emailName(name)}.${id}@localpower.example`, pick(regions, random))
  }
}

function insertLeads(database: DatabaseSync, random: Random, rows: number): void {
  const insertLead = database.prepare('INSERT INTO leads VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)')
  const insertEvent = database.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)')
  const insertQuote = database.prepare('INSERT INTO quotes VALUES (?, ?, ?, ?, ?, ?)')
  let eventId = 0
  let quoteId = 0
  for (let id = 1; id <= rows; id++) {
    const name = personName(random)
    const userId = 1 + random.integer(userCount)
    const createdAt = seededUntil - Math.floor(random.next() * yearMs)
    insertLead.run(
      id,
      name,
      `${emailName(name)}.${id}@example.com`,
      `+1-555-${String(random.integer(1e7)).padStart(7, '0')}`,
      pick(regions, random),
      pick(statuses, random),
      pick(sources, random),
      random.integer(101),
      4_000 + random.integer(60_000),
      note(random),
      userId,
      createdAt,
    )
    const events = random.integer(5)
    for (let i = 0; i < events; i++) {
      const at = createdAt + Math.floor(random.next() * (seededUntil - createdAt))
      insertEvent.run(++eventId, id, userId, pick(eventKinds, random), 1 + random.integer(90), at)
    }
    if (random.next() < 0.5) {
      const at = createdAt + Math.floor(random.next() * (seededUntil - createdAt))
      const watts = 3_000 + random.integer(12_000)
      insertQuote.run(++quoteId, id, watts, watts * (120 + random.integer(80)), random.integer(2), at)
    }
  }
}

function insertPrices(database: DatabaseSync, random: Random): void {
  const insertPrice = database.prepare('INSERT INTO prices VALUES (?, ?, ?, ?)')
  const insertScope = database.prepare('INSERT INTO scopes VALUES (?, 1)')
  for (const region of regions) {
    insertScope.run(`pricing:${region}`)
    for (const status of statuses) insertScope.run(`leads:${region}:${status}`)
    for (const plan of plans) insertPrice.run(region, plan, 12 + random.integer(300) / 10, 4 + random.integer(90) / 10)
  }
}

function personName(random: Random): string {
  return `${pick(firstNames, random)} ${pick(lastNames, random)}`
}

function emailName(name: string): string {
  return name.toLowerCase().replace(' ', '.')
}

/** Two to ten words that a search can find. */
function note(random: Random): string {
  return Array.from({ length: 2 + random.integer(9) }, () => pick(noteWords, random)).join(', ')
}

function pick<T>(items: readonly T[], random: Random): T {
  return items[random.integer(items.length)] as T
}
