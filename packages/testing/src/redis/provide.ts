import { delimiter, join } from 'node:path'
import { cachedBinary, defaultCacheFolder, fillCache } from './binary-cache.ts'
import { unpackFromDebianArchive } from './debian-archive.ts'
import { inspectBinary, isRecentEnough } from './inspect-binary.ts'

/** Where to look for a Redis server. Every field has a default that suits a project's test run. */
export interface ProvideRedisOptions {
  /**
   * The environment that is read: `HOLDFAST_TEST_REDIS_BIN`, `PATH`.
   *
   * @default process.env
   */
  readonly env?: NodeJS.ProcessEnv
  /**
   * Folders that are looked through after `PATH`.
   *
   * @default those of Homebrew, MacPorts, snap and distributions
   */
  readonly folders?: readonly string[]
  /**
   * Where a fetched server is kept.
   *
   * @default `node_modules/.cache/holdfast-redis` of the project
   */
  readonly cacheFolder?: string
  /**
   * Told one line when something takes long.
   *
   * @default writes to stderr
   */
  readonly report?: (line: string) => void
}

const wellKnownFolders = [
  '/usr/local/bin',
  '/usr/bin',
  '/usr/local/sbin',
  '/usr/sbin',
  '/opt/homebrew/bin',
  '/opt/local/bin',
  '/home/linuxbrew/.linuxbrew/bin',
  '/snap/bin',
]

/** Names of servers that speak the protocol, the preferred one first. */
const serverNames = ['redis-server', 'valkey-server']

const provided = new Map<string, Promise<string>>()

/**
 * The path of a `redis-server` (or `valkey-server`) of version 7 or newer that runs on this machine.
 *
 * Looked for in this order: `HOLDFAST_TEST_REDIS_BIN`; `PATH` and well-known folders; what an earlier call fetched; the Debian or
 * Ubuntu archive, unpacked into the project's cache folder without root and without installing anything. May be called by many
 * processes at once.
 *
 * @throws {Error} that says what was tried and what to install, when there is none
 */
export function provideRedisServer(options: ProvideRedisOptions = {}): Promise<string> {
  const search = searchOf(options)
  const identity = JSON.stringify([search.named, search.folders, search.cacheFolder])
  const earlier = provided.get(identity)
  if (earlier !== undefined) return earlier
  const looking = look(search)
  provided.set(identity, looking)
  looking.catch(() => provided.delete(identity))
  return looking
}

interface Search {
  readonly named: string | undefined
  readonly folders: readonly string[]
  readonly cacheFolder: string
  readonly env: NodeJS.ProcessEnv
  readonly report: (line: string) => void
}

function searchOf(options: ProvideRedisOptions): Search {
  const env = options.env ?? process.env
  const path = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return {
    named: env['HOLDFAST_TEST_REDIS_BIN'],
    folders: [...path, ...(options.folders ?? wellKnownFolders)],
    cacheFolder: options.cacheFolder ?? defaultCacheFolder(process.cwd()),
    env,
    report: options.report ?? toStderr,
  }
}

async function look(search: Search): Promise<string> {
  if (search.named !== undefined && search.named !== '') return theNamed(search.named)
  const tried: string[] = []
  return (
    (await inFolders(search.folders, tried)) ??
    (await cachedBinary(search.cacheFolder)) ??
    (await fetched(search, tried)) ??
    fail(tried)
  )
}

async function theNamed(path: string): Promise<string> {
  const inspection = await inspectBinary(path)
  if (inspection.type === 'server') return path
  const why = inspection.type === 'absent' ? 'there is no such executable file' : inspection.why
  throw new Error(`Holdfast: HOLDFAST_TEST_REDIS_BIN is ${path}, which is no Redis server that runs here: ${why}.`)
}

async function inFolders(folders: readonly string[], tried: string[]): Promise<string | undefined> {
  const paths = new Set(serverNames.flatMap((name) => folders.map((folder) => join(folder, name))))
  for (const path of paths) {
    const inspection = await inspectBinary(path)
    if (inspection.type === 'absent') continue
    if (inspection.type === 'unusable') tried.push(`${path}: ${inspection.why}`)
    else if (isRecentEnough(inspection)) return path
    else tried.push(`${path}: ${inspection.flavour} ${inspection.version}, but 7.0 or newer is needed`)
  }
  if (tried.length === 0) tried.push(`${serverNames.join(', ')} on PATH and in the usual folders: none`)
  return undefined
}

async function fetched(search: Search, tried: string[]): Promise<string | undefined> {
  search.report('Holdfast: no redis-server on this machine, so one is fetched from the Debian/Ubuntu archive.')
  try {
    return await fillCache(search.cacheFolder, (folder) => unpackFromDebianArchive(folder, search.env))
  } catch (error) {
    tried.push(`the Debian/Ubuntu archive: ${(error as Error).message}`)
    return undefined
  }
}

function fail(tried: readonly string[]): never {
  throw new Error(
    [
      'Holdfast: no redis-server (or valkey-server) found, so the tests against a real Redis cannot run.',
      ...tried.map((line) => `  tried: ${line}`),
      'Do one of:',
      '  Debian/Ubuntu   apt-get install -y redis-server',
      '  macOS           brew install redis',
      '  Windows         run inside WSL2',
      '  anywhere        HOLDFAST_TEST_REDIS_BIN=/path/to/redis-server',
    ].join('\n'),
  )
}

function toStderr(line: string): void {
  process.stderr.write(`${line}\n`)
}
