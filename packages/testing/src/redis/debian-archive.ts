import { execFile } from 'node:child_process'
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Unpacks `redis-server` with the libraries that this machine lacks, as apt would install them, into a folder: apt works on lists
 * and a cache of its own there, so neither root nor a lock is needed, and nothing is installed. apt checks the signatures as ever.
 *
 * @param folder empty; holds an executable `redis-server` afterwards
 * @throws {Error} with the reason in one line, where there is no apt or the archive cannot be reached
 */
export async function unpackFromDebianArchive(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const apt = join(folder, 'apt')
  const tree = join(folder, 'tree')
  await Promise.all(['lists/partial', 'archives/partial'].map((name) => mkdir(join(apt, name), { recursive: true })))
  const options = aptOptions(apt)
  const update = await run('apt-get', [...options, 'update'], env)
  // Both again, also where they are installed and the server is not to be found: it is a link to a file of the tools.
  const packages = ['redis-server', 'redis-tools']
  const install = ['--yes', '--download-only', '--no-install-recommends', '--reinstall', 'install', ...packages]
  // An update that could not reach the archive warns, and counts as done.
  await run('apt-get', [...options, ...install], env).catch((error: Error) => {
    throw new Error(lastComplaint(update) ?? error.message, { cause: error })
  })
  const files = (await readdir(join(apt, 'archives'))).filter((name) => name.endsWith('.deb'))
  for (const name of files) await run('dpkg-deb', ['-x', join(apt, 'archives', name), tree], env)
  await rm(apt, { recursive: true, force: true })
  await writeLauncher(join(folder, 'redis-server'), await libraryFolders(tree))
}

function aptOptions(folder: string): string[] {
  const settings = {
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::Cache': folder,
    'Dir::Cache::archives': join(folder, 'archives'),
    'Debug::NoLocking': '1',
    // As root apt would fetch as user _apt, who may not write here.
    'APT::Sandbox::User': '',
    'Acquire::Retries': '2',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
  }
  return ['--quiet', ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])]
}

/** A script that runs the server with the unpacked libraries; `exec` keeps its process id, `$0` lets the folder move. */
async function writeLauncher(path: string, libraries: readonly string[]): Promise<void> {
  const script = [
    '#!/bin/sh',
    'here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)/tree',
    `LD_LIBRARY_PATH=${libraries.map((folder) => `"$here"/${folder}`).join(':')}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}`,
    'export LD_LIBRARY_PATH',
    'exec "$here"/usr/bin/redis-server "$@"',
  ]
  await writeFile(path, `${script.join('\n')}\n`)
  await chmod(path, 0o755)
}

async function libraryFolders(tree: string): Promise<string[]> {
  const files = await readdir(tree, { recursive: true, withFileTypes: true })
  const folders = files.filter((file) => /\.so(\.|$)/.test(file.name)).map((file) => file.parentPath)
  return [...new Set(folders)].map((folder) => folder.slice(tree.length + 1))
}

/** Runs a program and gives what it wrote to stderr. */
function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' }, timeout: 120_000 }
    execFile(command, args, options, (error, _stdout, stderr) => {
      if (error === null) return resolve(stderr)
      if (error.code === 'ENOENT') return reject(new Error(`there is no ${command} here`))
      const said = lastComplaint(stderr) ?? error.message.split('\n')[0]
      reject(new Error(`${command}: ${said}`, { cause: error }))
    })
  })
}

/** The last line in which apt says what is wrong. */
function lastComplaint(stderr: string): string | undefined {
  return stderr.split('\n').findLast((line) => /^[EW]: Failed|^E:/.test(line))
}
