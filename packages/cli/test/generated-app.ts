import { execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'

/** An application in a folder of its own, in which the packages of the house can be found. Gone when the test ends. */
export interface GeneratedApp {
  readonly folder: string
  write(path: string, text: string): void
  read(path: string): string
  /** Starts a program of it; resolves with the first line that it writes. Dies with the test. */
  start(path: string, env: Readonly<Record<string, string>>): Promise<string>
}

const apps = join(import.meta.dirname, '.apps')
const root = resolve(import.meta.dirname, '../../..')

/**
 * @param manifest what stands in its package.json
 * @param compilerOptions what stands in its tsconfig.json
 */
export function generatedApp(manifest: object, compilerOptions: object): GeneratedApp {
  mkdirSync(apps, { recursive: true })
  const folder = mkdtempSync(join(apps, 'app-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  write('package.json', JSON.stringify({ name: '@acme/solar shop', type: 'module', ...manifest }))
  write('tsconfig.json', JSON.stringify({ compilerOptions }))
  return {
    folder,
    write,
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    start: (path, env) => {
      const child = spawn(process.execPath, ['--conditions=@holdfast/source', join(folder, path)], {
        env: { PATH: process.env['PATH'], ...env },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      onTestFinished(() => void child.kill('SIGKILL'))
      return new Promise((started, failed) => {
        child.stdout.setEncoding('utf8').once('data', (text: string) => started(text.trim()))
        child.once('exit', (code) => failed(new Error(`The application ended with ${code}.`)))
      })
    },
  }
}

/**
 * What the compiler says of every file of some applications, strictly; nothing when all is well. In one program: most of its time goes to
 * the sources of the house, which stand in for its packages here and are written with extensions.
 */
export async function compileAll(folders: readonly string[]): Promise<string> {
  const compilerOptions = {
    module: 'esnext',
    moduleResolution: 'bundler',
    allowImportingTsExtensions: true,
    customConditions: ['@holdfast/source'],
    target: 'es2023',
    lib: ['es2024', 'dom', 'dom.iterable', 'esnext.disposable', 'esnext.decorators'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    noEmit: true,
  }
  const config = join(apps, `${randomUUID()}.json`)
  onTestFinished(() => rmSync(config, { force: true }))
  writeFileSync(config, JSON.stringify({ compilerOptions, include: folders.map((folder) => join(folder, '**/*.ts')) }))
  return promisify(execFile)(join(root, 'node_modules/.bin/tsc'), ['-p', config]).then(
    ({ stdout }) => stdout,
    (error: { readonly stdout: string }) => error.stdout,
  )
}
