/** The `pnpm bench` command. A subcommand is loaded when it is called. */
import { ExitCode, InfrastructureError, UsageError } from './exit.ts'

type Command = (args: readonly string[]) => Promise<ExitCode>

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  gate: async () => (await import('./gate/command.ts')).gateCommand,
  selftest: async () => (await import('./selftest/command.ts')).selftestCommand,
  trend: async () => (await import('./trend/command.ts')).trendCommand,
  hitrate: async () => (await import('./hitrate/command.ts')).hitrateCommand,
  failover: async () => (await import('./failover/command.ts')).failoverCommand,
}

async function main(args: readonly string[]): Promise<ExitCode> {
  if (args.includes('--help') || args.includes('-h') || args[0] === 'help') {
    console.log(await help())
    return ExitCode.pass
  }
  const open = commands[args[0] ?? '']
  if (open) return (await open())(args.slice(1))
  return (await import('./compare/command.ts')).compareCommand(args)
}

async function help(): Promise<string> {
  const { compareHelp } = await import('./compare/command.ts')
  const { gateHelp } = await import('./gate/options.ts')
  const { selftestHelp } = await import('./selftest/command.ts')
  const { trendHelp } = await import('./trend/command.ts')
  const { hitrateHelp } = await import('./hitrate/command.ts')
  const { failoverHelp } = await import('./failover/command.ts')
  return [compareHelp, gateHelp, selftestHelp, trendHelp, hitrateHelp, failoverHelp].join('\n\n')
}

/** One line for what the caller or the machine did; a stack for what we did. */
function exitCodeOf(error: unknown): ExitCode {
  const isOption = String((error as NodeJS.ErrnoException | undefined)?.code).startsWith('ERR_PARSE_ARGS')
  if (error instanceof UsageError || isOption) {
    console.error((error as Error).message)
    return ExitCode.usage
  }
  if (error instanceof InfrastructureError) console.error(error.message)
  else console.error(error)
  return ExitCode.infrastructure
}

process.exitCode = await main(process.argv.slice(2).filter((arg) => arg !== '--')).catch(exitCodeOf)
