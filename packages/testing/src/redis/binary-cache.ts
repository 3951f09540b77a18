import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { inspectBinary, isRecentEnough } from './inspect-binary.ts'

/** Files that mark the root of a project. */
const rootMarks = ['pnpm-lock.yaml', 'package-lock.json', 'yarn.lock', 'bun.lock', '.git']

/** Where a project keeps what this package fetched: under the nearest folder that holds a lockfile or a repository. */
export function defaultCacheFolder(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (rootMarks.some((mark) => existsSync(join(folder, mark)))) return inModules(folder)
    if (dirname(folder) === folder) return inModules(from)
  }
}

/** The server that an earlier call kept, if it still runs here. */
export async function cachedBinary(cacheFolder: string): Promise<string | undefined> {
  const path = join(cacheFolder, 'redis-server')
  const inspection = await inspectBinary(path)
  return inspection.type === 'server' && isRecentEnough(inspection) ? path : undefined
}

/**
 * Has a server made in a folder of its own, then moves that folder into place in one step: processes that do this at
 * once see all of it or nothing, and the last one wins.
 *
 * @param make leaves an executable `redis-server` in the folder that it is given
 */
export async function fillCache(cacheFolder: string, make: (folder: string) => Promise<void>): Promise<string> {
  await mkdir(dirname(cacheFolder), { recursive: true })
  const made = await mkdtemp(`${cacheFolder}-new-`)
  try {
    await make(made)
    await refuseUnusable(join(made, 'redis-server'))
    await chmod(made, 0o755)
    return await putInPlace(made, cacheFolder)
  } finally {
    await rm(made, { recursive: true, force: true })
  }
}

async function refuseUnusable(path: string): Promise<void> {
  const inspection = await inspectBinary(path)
  if (inspection.type === 'absent') throw new Error('there is no redis-server in it')
  if (inspection.type === 'unusable') throw new Error(inspection.why)
  if (!isRecentEnough(inspection)) throw new Error(`it has ${inspection.version}, but 7.0 or newer is needed`)
}

async function putInPlace(made: string, cacheFolder: string): Promise<string> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    try {
      await rename(made, cacheFolder)
      return join(cacheFolder, 'redis-server')
    } catch {
      // Another process was first, or what lies there no longer runs.
      const theirs = await cachedBinary(cacheFolder)
      if (theirs !== undefined) return theirs
      await setAside(cacheFolder)
    }
  }
  throw new Error(`${cacheFolder} cannot be replaced`)
}

async function setAside(folder: string): Promise<void> {
  const aside = await mkdtemp(`${folder}-old-`)
  try {
    await rename(folder, join(aside, 'broken'))
  } catch {
    // Gone already: another process set it aside.
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

function inModules(folder: string): string {
  return join(folder, 'node_modules', '.cache', 'holdfast-redis')
}
