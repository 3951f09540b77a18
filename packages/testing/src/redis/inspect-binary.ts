import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'

/** What running a file with `--version` told. */
export type Inspection =
  | { readonly type: 'absent' }
  | { readonly type: 'unusable'; readonly why: string }
  | { readonly type: 'server'; readonly flavour: 'redis' | 'valkey'; readonly version: string }

/** Looks whether a file is a Redis or Valkey server that runs on this machine, by running it with `--version`. */
export async function inspectBinary(path: string): Promise<Inspection> {
  if (!(await isExecutable(path))) return { type: 'absent' }
  return new Promise((resolve) => {
    execFile(path, ['--version'], { timeout: 10_000, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const match = /(Redis|Valkey) server v=(\d+(?:\.\d+)*)/i.exec(stdout)
      if (match !== null) {
        const flavour = match[1]!.toLowerCase() === 'valkey' ? 'valkey' : 'redis'
        return resolve({ type: 'server', flavour, version: match[2]! })
      }
      const said = firstLine(stderr) ?? firstLine(stdout)
      resolve({ type: 'unusable', why: said ?? error?.message ?? 'it says nothing about its version' })
    })
  })
}

/** Whether the server knows every command that the protocol uses: `SET … NX GET` came with 7.0. */
export function isRecentEnough(server: { readonly version: string }): boolean {
  return Number(server.version.split('.')[0]) >= 7
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function firstLine(text: string): string | undefined {
  return text.split('\n').find((line) => line.trim() !== '')
}
