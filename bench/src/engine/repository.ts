import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The checkout that this bench stands in. */
export const repositoryRoot: string = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '')

/** The output of git in a checkout, trimmed; `undefined` when it fails. */
export function git(args: readonly string[], root: string = repositoryRoot): string | undefined {
  try {
    return execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}
