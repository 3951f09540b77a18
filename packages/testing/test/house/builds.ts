import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './sources.ts'

interface Build {
  readonly references?: readonly { readonly path: string }[]
}

/** The folders of the packages that the root's build goes through. */
export function builtAtRoot(): readonly string[] {
  return foldersIn('tsconfig.build.json')
}

/** The folders of the packages that are built before a package; `undefined` for one that has no build. */
export function builtBefore(folder: string): readonly string[] | undefined {
  const path = `packages/${folder}/tsconfig.build.json`
  return existsSync(join(root, path)) ? foldersIn(path) : undefined
}

/** The folders of the packages whose README a page of the root links to. */
export function linkedFrom(page: string): ReadonlySet<string> {
  const text = readFileSync(join(root, page), 'utf8')
  return new Set(
    Array.from(text.matchAll(/\]\((?:\.\.\/)?packages\/([\w-]+)(?:\/README\.md)?\)/g), ([, folder]) => folder!),
  )
}

function foldersIn(path: string): readonly string[] {
  const { references = [] } = JSON.parse(readFileSync(join(root, path), 'utf8')) as Build
  return references.map((reference) => reference.path.split('/').at(-2)!)
}
