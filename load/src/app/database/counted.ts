import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'

/** A row as SQLite gives it. */
export type Row = Readonly<Record<string, string | number | null>>

/** How many statements have been run since the database was opened. `BEGIN`, `COMMIT` and `ROLLBACK` are not among them. */
export interface StatementCounts {
  readonly reads: number
  readonly writes: number
}

/** A database whose every statement is counted, at the one place where statements are run. */
export class CountedDatabase {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  #reads = 0
  #writes = 0

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  get counts(): StatementCounts {
    return { reads: this.#reads, writes: this.#writes }
  }

  /** All rows of a query. */
  all(sql: string, ...values: readonly SQLInputValue[]): Row[] {
    const statement = this.#prepare(sql)
    this.#reads++
    return statement.all(...values) as Row[]
  }

  /** The first row of a query. */
  first(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    const statement = this.#prepare(sql)
    this.#reads++
    return statement.get(...values) as Row | undefined
  }

  /** Changes rows, and returns the first that `RETURNING` names. */
  change(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    const statement = this.#prepare(sql)
    this.#writes++
    return statement.get(...values) as Row | undefined
  }

  /** Runs `work` in one transaction, so that it sees one state of the database. */
  within<T>(kind: 'read' | 'write', work: () => T): T {
    this.#database.exec(kind === 'read' ? 'BEGIN' : 'BEGIN IMMEDIATE')
    try {
      const result = work()
      this.#database.exec('COMMIT')
      return result
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}
