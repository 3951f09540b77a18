// The packages of this repository, and their entries as they are published.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))

/** Each: its folder, name, manifest, and entries that are code (`specifier`, `script` and `types` as absolute paths) or files to copy. */
export const packages = readdirSync(join(root, 'packages')).map((name) => {
  const folder = join(root, 'packages', name)
  const manifest = readJson(join(folder, 'package.json'))
  const exported = Object.entries(manifest.publishConfig.exports)
  return {
    folder,
    name: manifest.name,
    manifest,
    entries: exported
      .filter(([, target]) => typeof target === 'object')
      .map(([path, target]) => ({
        specifier: manifest.name + path.slice(1),
        script: join(folder, target.default),
        types: join(folder, target.types),
      })),
    files: exported.filter(([, target]) => typeof target === 'string').map(([path]) => path),
  }
})
