import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The installed version of a package that we depend on; `unknown` when its manifest cannot be found. */
export function installedVersion(name: string): string {
  let folder: string
  try {
    folder = dirname(fileURLToPath(import.meta.resolve(name)))
  } catch {
    return 'unknown'
  }
  for (; dirname(folder) !== folder; folder = dirname(folder)) {
    const manifest = readManifest(join(folder, 'package.json'))
    if (manifest?.name === name) return manifest.version ?? 'unknown'
  }
  return 'unknown'
}

function readManifest(path: string): { readonly name?: string; readonly version?: string } | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string }
  } catch {
    return undefined
  }
}
