import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import type { Variables } from 'holdfast'
import { CliError, ExitCode } from './exit-code.ts'

/**
 * The environment of the application: that of the process on top of the file's.
 *
 * @param envFile @default `.env`, where there is one
 */
export function readVariables(envFile: string | undefined): Variables {
  const path = resolve(envFile ?? '.env')
  if (!existsSync(path)) {
    if (envFile === undefined) return process.env
    throw new CliError(ExitCode.usage, `There is no file ${path}.`)
  }
  return { ...parseEnv(readFileSync(path, 'utf8')), ...process.env }
}
