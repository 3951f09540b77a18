import { CommanderError } from 'commander'
import { CliError, ExitCode } from './exit-code.ts'
import type { Streams } from './output.ts'
import { makeProgram } from './program.ts'
import { reasonOf } from './reason.ts'

const ownStreams: Streams = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
}

/**
 * Runs the `holdfast` command. Never rejects for what a user can cause, and leaves ending the process to its caller.
 *
 * @param args without the program's own name: `['stats', '--url', …]`
 * @returns its exit code, see `docs/reference/cli.md`
 */
export async function runCli(args: readonly string[], streams: Streams = ownStreams): Promise<number> {
  try {
    return await makeProgram(streams)(args)
  } catch (error) {
    // Help and version end like this, too, with 0. What was wrong has been said.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage
    streams.err(`holdfast: ${codeOf(error) === undefined ? reasonOf(error) : (error as Error).message}\n`)
    if (error instanceof CliError) return error.exitCode
    return codeOf(error) === 'ERR_HOLDFAST_INVALID_OPTION' ? ExitCode.usage : ExitCode.unreachable
  }
}

/** The code of an error of Holdfast's. By its code, as its class is only loaded by commands that need it. */
function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && code.startsWith('ERR_HOLDFAST_') ? code : undefined
}
