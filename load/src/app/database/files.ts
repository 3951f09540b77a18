import { randomUUID } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { schemaHash } from './schema.ts'
import { seedDatabase, seedingVersion, type Seeding } from './seed.ts'

const folder = resolve(import.meta.dirname, '../../../../node_modules/.cache/holdfast-load')

/** A copy of a seeded database that may be written to; several processes may open it at once. Disposing removes it. */
export interface WorkingCopy extends AsyncDisposable {
  readonly path: string
}

/**
 * A fresh copy of the database of a seeding. The first call of a seeding makes its rows (about a second per 100 000 leads);
 * later ones, of later processes too, find them under `node_modules/.cache`.
 */
export async function workingCopy(seeding: Seeding): Promise<WorkingCopy> {
  const seeded = await seededFile(seeding)
  await removeLeftovers()
  const own = join(folder, `copy-${process.pid}-${randomUUID()}`)
  await mkdir(own)
  const path = join(own, 'local-power.db')
  await copyFile(seeded, path, constants.COPYFILE_FICLONE)
  return { path, [Symbol.asyncDispose]: () => rm(own, { recursive: true, force: true }) }
}

/** Whether {@link workingCopy} would find the rows made. */
export function isSeeded(seeding: Seeding): boolean {
  return existsSync(pathOf(seeding))
}

async function seededFile(seeding: Seeding): Promise<string> {
  const path = pathOf(seeding)
  if (existsSync(path)) return path
  await mkdir(folder, { recursive: true })
  const unfinished = `${path}.${process.pid}.tmp`
  await rm(unfinished, { force: true })
  const database = new DatabaseSync(unfinished)
  try {
    // Nothing is lost with a power cut but a file that nobody uses: it gets its name when it is whole.
    database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF')
    seedDatabase(database, seeding)
  } finally {
    database.close()
  }
  await rename(unfinished, path)
  return path
}

function pathOf({ seed, rows }: Seeding): string {
  return join(folder, `seed-${seed}-rows-${rows}-${schemaHash}-${seedingVersion}.db`)
}

/** Copies of processes that were killed. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = Number(/^copy-(\d+)-/.exec(name)?.[1])
    if (pid > 0 && !isAlive(pid)) await rm(join(folder, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's process is alive too.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
