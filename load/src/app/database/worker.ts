/** The thread that owns the database's connection: SQLite is synchronous, and the API's event loop must never wait for it. */
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { CountedDatabase, type StatementCounts } from './counted.ts'
import * as reads from './reads.ts'
import * as writes from './writes.ts'

/** What the thread can be asked, by name. */
export type Procedures = typeof reads & typeof writes

export interface Question {
  readonly id: number
  /** `undefined`: only the counts are asked for. */
  readonly procedure: keyof Procedures | undefined
  readonly input: unknown
}

export type Reply = { readonly id: number; readonly counts: StatementCounts } & (
  | { readonly type: 'done'; readonly result: unknown }
  | { readonly type: 'failed'; readonly error: unknown }
)

const port = parentPort
if (port === null) throw new Error('This module is the body of a worker thread.')

const connection = new DatabaseSync((workerData as { path: string }).path, { timeout: 5_000 })
connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000')
const database = new CountedDatabase(connection)

port.on('message', ({ id, procedure, input }: Question) => {
  try {
    const result = procedure === undefined ? undefined : run(procedure, input)
    port.postMessage({ type: 'done', id, result, counts: database.counts } satisfies Reply)
  } catch (error) {
    port.postMessage({ type: 'failed', id, error, counts: database.counts } satisfies Reply)
  }
})

function run(procedure: keyof Procedures, input: unknown): unknown {
  const isRead = Object.hasOwn(reads, procedure)
  const body = (isRead ? reads : writes)[procedure as never] as (database: CountedDatabase, input: unknown) => unknown
  return database.within(isRead ? 'read' : 'write', () => body(database, input))
}
