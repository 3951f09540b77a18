/** The `pnpm bench` command. */
import { compareCommand, compareHelp } from './compare/command.ts'
import { ExitCode, InfrastructureError, UsageError } from './exit.ts'
import { gateCommand } from './gate/command.ts'
import { gateHelp } from './gate/options.ts'
import { hitrateCommand, hitrateHelp } from './hitrate/command.ts'
import { selftestCommand, selftestHelp } from './selftest/command.ts'

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<ExitCode>>> = {
  gate: gateCommand,
  hitrate: hitrateCommand,
  selftest: selftestCommand,
}

const help = [compareHelp, gateHelp, selftestHelp, hitrateHelp].join('\n\n')

async function main(args: readonly string[]): Promise<ExitCode> {
  if (args.includes('--help') || args.includes('-h') || args[0] === 'help') {
    console.log(help)
    return ExitCode.pass
  }
  const command = commands[args[0] ?? '']
  return command ? command(args.slice(1)) : compareCommand(args)
}

/** One line for what the caller or the machine did; a stack for what we did. */
function exitCodeOf(error: unknown): ExitCode {
  const isOption = (error as NodeJS.ErrnoException | undefined)?.code?.startsWith('ERR_PARSE_ARGS') === true
  if (error instanceof UsageError || isOption) {
    console.error((error as Error).message)
    return ExitCode.usage
  }
  if (error instanceof InfrastructureError) console.error(error.message)
  else console.error(error)
  return ExitCode.infrastructure
}

process.exitCode = await main(process.argv.slice(2).filter((arg) => arg !== '--')).catch(exitCodeOf)
