import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CliError, ExitCode } from '../exit-code.ts'
import { detectFramework, type Framework } from './framework.ts'

/** What `init` knows of an application. */
export interface Application {
  readonly folder: string
  readonly framework: Framework
  /** Where its own modules are: `src` or the folder itself, relative to it. */
  readonly source: string
  /** What a relative import ends in. */
  readonly extension: '' | '.js' | '.ts'
  readonly prefix: string
  /** It has `pages/` and no `app/`. */
  readonly isPagesRouter: boolean
  /** It is older than Next.js 15, whose `connection()` it lacks. */
  readonly isOldNext: boolean
}

interface Manifest {
  readonly name?: string
  readonly type?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** Looks at an application's folder. */
export function readApplication(
  folder: string,
  said: { readonly framework?: Framework; readonly prefix?: string },
): Application {
  const manifest = readManifest(folder)
  const dependencies = { ...manifest.devDependencies, ...manifest.dependencies }
  const framework = said.framework ?? detectFramework(dependencies)
  const has = (path: string): boolean => existsSync(join(folder, path))
  const source = has('src') && !(framework === 'next' && (has('app') || has('pages'))) ? 'src' : ''
  return {
    folder,
    framework,
    source,
    extension: framework === 'next' ? '' : importExtension(folder, manifest),
    prefix: said.prefix ?? `${nameOf(manifest)}:`,
    isPagesRouter: has(join(source, 'pages')) && !has(join(source, 'app')),
    isOldNext: /^\D*(?:\d|1[0-4])(?:\.|$)/.test(dependencies['next'] ?? ''),
  }
}

function readManifest(folder: string): Manifest {
  const path = join(folder, 'package.json')
  if (!existsSync(path))
    throw new CliError(ExitCode.usage, `There is no package.json in ${folder}: run it in an application, or say --dir.`)
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest
  } catch {
    throw new CliError(ExitCode.usage, `${path} is no JSON.`)
  }
}

/** The name without its scope, of characters that stand for themselves in a glob and a shell. */
function nameOf({ name }: Manifest): string {
  const plain = (name ?? '').replace(/^@[^/]*\//, '').replaceAll(/[^\w.-]/g, '-')
  return plain === '' ? 'app' : plain
}

function importExtension(folder: string, manifest: Manifest): '' | '.js' | '.ts' {
  const path = join(folder, 'tsconfig.json')
  // As text: it may hold comments.
  const config = existsSync(path) ? readFileSync(path, 'utf8') : undefined
  if (config === undefined) return manifest.type === 'module' ? '.ts' : ''
  if (/"(?:allowImportingTsExtensions|rewriteRelativeImportExtensions)"\s*:\s*true/.test(config)) return '.ts'
  return /"module(?:Resolution)?"\s*:\s*"node(?:16|18|20|next)"/i.test(config) ? '.js' : ''
}
