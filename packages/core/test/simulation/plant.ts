import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { createCache as CreateCache } from '../../src/create-cache.ts'

const source = join(import.meta.dirname, '../../src')

/** A copy of the source with one thing in it changed, to see whether anybody notices. */
export interface Planted extends AsyncDisposable {
  readonly createCache: typeof CreateCache
}

/**
 * Copies the source elsewhere and replaces the one place where `find` stands in a file of it.
 *
 * @throws {Error} when it does not stand there exactly once: the bug would not be planted
 */
export async function plant(file: string, find: string, replacement: string): Promise<Planted> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-planted-'))
  await cp(source, folder, { recursive: true, filter: (path) => !/\.test(-d)?\.ts$/.test(path) })
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  const path = join(folder, file)
  const parts = (await readFile(path, 'utf8')).split(find)
  if (parts.length !== 2) throw new Error(`${JSON.stringify(find)} stands ${parts.length - 1} times in ${file}.`)
  await writeFile(path, parts.join(replacement))
  const module = (await import(pathToFileURL(join(folder, 'create-cache.ts')).href)) as {
    createCache: typeof CreateCache
  }
  return {
    createCache: module.createCache,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
