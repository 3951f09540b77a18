import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const known = new Map<string, string>()

/** The id of the build that a server runs, from the file that `next build` wrote; `''` where there is none, as in development. */
export function readBuildId(serverDistDir: string | undefined): string {
  if (serverDistDir === undefined) return ''
  let id = known.get(serverDistDir)
  if (id === undefined) {
    id = readFile(join(serverDistDir, '..', 'BUILD_ID'))
    known.set(serverDistDir, id)
  }
  return id
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}
