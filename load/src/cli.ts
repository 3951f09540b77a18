/** The `pnpm load` command. */
import { ExitCode, InfrastructureError, UsageError } from '@holdfast/bench/exit'
import { InvalidOptionError } from '@holdfast/core'
import { claimsCommand } from './claims/command.ts'
import { claimsHelp } from './claims/options.ts'
import { loadGateCommand } from './gate/command.ts'
import { loadGateHelp } from './gate/options.ts'
import { runCommand } from './run/command.ts'
import { runHelp } from './run/options.ts'

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<ExitCode>>> = {
  claims: claimsCommand,
  gate: loadGateCommand,
}

const help = [runHelp, claimsHelp, loadGateHelp].join('\n\n')

async function main(args: readonly string[]): Promise<ExitCode> {
  if (args.includes('--help') || args.includes('-h') || args[0] === 'help') {
    console.log(help)
    return ExitCode.pass
  }
  const command = Object.hasOwn(commands, args[0] ?? '') ? commands[args[0] ?? ''] : undefined
  return command === undefined ? runCommand(args) : command(args.slice(1))
}

/** One line for what the caller or the machine did; a stack for what we did. */
function exitCodeOf(error: unknown): ExitCode {
  const isOption = String((error as NodeJS.ErrnoException | undefined)?.code).startsWith('ERR_PARSE_ARGS')
  if (error instanceof UsageError || error instanceof InvalidOptionError || isOption) {
    console.error((error as Error).message)
    return ExitCode.usage
  }
  if (error instanceof InfrastructureError) console.error(error.message)
  else console.error(error)
  return ExitCode.infrastructure
}

process.exitCode = await main(process.argv.slice(2).filter((arg) => arg !== '--')).catch(exitCodeOf)
