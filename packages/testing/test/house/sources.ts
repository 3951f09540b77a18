import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

/** A source file of a package: what ships, without tests. */
export interface SourceFile {
  /** From the root of the repository. */
  readonly path: string
  /** The folder of its package under `packages/`. */
  readonly folder: string
  /** Without comments. */
  readonly code: string
  readonly lines: number
  /** Import specifiers as written, type imports and dynamic ones included. */
  readonly imports: readonly string[]
}

/** A package of `packages/`. */
export interface HousePackage {
  readonly folder: string
  readonly name: string
  /** Names of its workspace dependencies that ship. */
  readonly standsOn: readonly string[]
  /** Names of its third-party libraries that ship or are asked of the application. */
  readonly libraries: readonly string[]
  /** Names of the workspace packages that only its tests use. */
  readonly testsWith: readonly string[]
}

export const root: string = resolve(import.meta.dirname, '../../../..')

/** Every package, as its manifest tells. Types of a library count as the library; Node is none. */
export function readPackages(): readonly HousePackage[] {
  const folders = readdirSync(join(root, 'packages')).filter((folder) =>
    existsSync(join(root, 'packages', folder, 'package.json')),
  )
  return folders.map((folder) => {
    const text = readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')
    const manifest = JSON.parse(text) as Record<string, Record<string, string>> & { name: string }
    const shipped = ['dependencies', 'peerDependencies', 'optionalDependencies']
    const namesIn = (fields: readonly string[]): string[] =>
      fields.flatMap((field) => Object.keys(manifest[field] ?? {}))
    // What only tests use may stand in several packages.
    const libraries = namesIn(shipped)
      .filter((name) => !isOwn(name))
      .map((name) => name.replace(/^@types\//, ''))
      .filter((name) => name !== 'node')
    return {
      folder,
      name: manifest.name,
      standsOn: namesIn(shipped).filter(isOwn),
      libraries: [...new Set(libraries)],
      testsWith: namesIn(['devDependencies']).filter(isOwn),
    }
  })
}

/** Every source file of every package. */
export function readSources(): readonly SourceFile[] {
  return readPackages().flatMap(({ folder }) => {
    const source = join(root, 'packages', folder, 'src')
    const names = readdirSync(source, { recursive: true, encoding: 'utf8' })
    const shipped = names.filter((name) => /\.tsx?$/.test(name) && !/\.(test|test-d|bench)\.tsx?$/.test(name))
    return shipped.map((name) => readSource(folder, join(source, name)))
  })
}

/** The file that a relative import means. */
export function target(file: SourceFile, specifier: string): string {
  return relative(root, resolve(root, dirname(file.path), specifier))
}

/** Whether a name is one of the house's packages, or an entry of one. */
export function isOwn(name: string): boolean {
  return /^(@holdfast\/|holdfast($|\/))/.test(name)
}

/** The package that an import by name means: `@scope/name/entry` is of `@scope/name`. */
export function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

function readSource(folder: string, path: string): SourceFile {
  const text = readFileSync(path, 'utf8')
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
  return {
    path: relative(root, path),
    folder,
    code,
    lines: text.trimEnd().split('\n').length,
    imports: importsIn(code),
  }
}

/** Specifiers of `import … from`, `export … from`, `import '…'` and `import('…')`. */
export function importsIn(code: string): string[] {
  const pattern =
    /(?:^|[;\s])(?:import|export)\s(?:[^'"();]*?\sfrom\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g
  return [...code.matchAll(pattern)].map((match) => (match[1] ?? match[2])!)
}
