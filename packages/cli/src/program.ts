import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { DashboardFlags } from './commands/dashboard.ts'
import type { DoctorFlags } from './commands/doctor.ts'
import type { GetFlags } from './commands/get.ts'
import type { InitFlags } from './commands/init.ts'
import type { InvalidateFlags } from './commands/invalidate.ts'
import type { KeysFlags } from './commands/keys.ts'
import type { TopFlags } from './commands/top.ts'
import type { WarmFlags } from './commands/warm.ts'
import { CliError, ExitCode } from './exit-code.ts'
import { frameworks } from './init/framework.ts'
import { Output, type Streams } from './output.ts'
import type { AppFlags } from './status-page.ts'
import { readVersion } from './version.ts'

/** The command with all of its parts; what it gives runs it, and resolves with an exit code. */
export function makeProgram(streams: Streams): (args: readonly string[]) => Promise<number> {
  let exitCode: number = ExitCode.ok
  const program = new Command('holdfast')
    .description('Sets up, examines and operates a cache made with Holdfast.')
    .exitOverride()
    .option('--version', 'write the version of this command')
    .on('option:version', () => {
      streams.out(`${readVersion()}\n`)
      throw new CommanderError(ExitCode.ok, 'commander.version', '')
    })
    .configureOutput({ writeOut: streams.out, writeErr: streams.err })
    .showHelpAfterError('(--help says more)')

  /** A command that writes for people, or JSON. */
  const add = (
    line: string,
    what: string,
    run: (flags: never, output: Output, ...args: string[]) => Promise<number>,
  ): Command =>
    program
      .command(line)
      .description(what)
      .option('--json', 'write JSON for programs')
      .action(async (...given: unknown[]) => {
        const args = given.slice(0, -2) as string[]
        const flags = given.at(-2) as { readonly json?: boolean }
        exitCode = await run(flags as never, new Output(streams, flags.json ?? false), ...args)
      })

  // Each is loaded when it is called: asking for help, or an application's statistics, needs no Redis client.
  add('init', 'write the files of a cache into an application', async (flags: InitFlags, output) =>
    (await import('./commands/init.ts')).init(flags, output),
  )
    .addOption(
      new Option('--framework <name>', 'whose status route; found in package.json otherwise').choices(frameworks),
    )
    .option('--dir <folder>', 'where the application is', '.')
    .option('--prefix <prefix>', "what keys in Redis begin with; the package's name otherwise")
    .option('--force', 'overwrite files that are there')

  const doctor = add(
    'doctor',
    'examine Redis as the application would use it, with advice',
    async (flags: DoctorFlags, output) => (await import('./commands/doctor.ts')).doctor(flags, output),
  )
  onRedis(doctor).option('--strict', 'warnings count as failures')

  const stats = add('stats', 'health and counters of a running application', async (flags: AppFlags, output) =>
    (await import('./commands/stats.ts')).stats(flags, output),
  )
  onApp(stats)

  const top = add('top', 'what happens in a running application, a line each time', async (flags: TopFlags, output) =>
    (await import('./commands/top.ts')).top(flags, output, interrupted()),
  )
  onApp(top)
    .option(
      '--interval <duration>',
      'between two lines, such as 500ms or 2s; a number is seconds',
      parseInterval,
      2_000,
    )
    .option('--count <lines>', 'end after so many lines', parseCount)

  const keys = add(
    'keys [pattern]',
    'list keys of entries in Redis, by a glob',
    async (flags: KeysFlags, output, pattern?: string) =>
      (await import('./commands/keys.ts')).keys(pattern ?? '*', flags, output),
  )
  onRedis(keys)
    .option('--namespace <name>', 'only those of a namespace of the cache; the glob is over its own keys then')
    .option('--limit <count>', 'the most keys to list', parseCount, 100)

  const get = add('get <key>', 'what stands in Redis under a key', async (flags: GetFlags, output, key: string) =>
    (await import('./commands/get.ts')).get(key, flags, output),
  )
  onRedis(get).option('--namespace <name>', 'the namespace of the cache that the key is in')

  const invalidateCommand = add(
    'invalidate',
    'invalidate in Redis and in every process',
    async (flags: InvalidateFlags, output) =>
      (await import('./commands/invalidate.ts')).invalidate(flags, invalidateCommand.args, output),
  )
  onApp(onRedis(invalidateCommand), true)
    .option('--tag <names...>', 'every entry that carries one of the tags')
    .option('--key <names...>', 'keys, as `keys` prints them')
    .option('--pattern <glob>', 'every key that matches')
    .option('--namespace <name>', 'a namespace of the cache, that the keys and the glob are of')
    .option('--all', 'everything under the prefix, or in the namespace')
    // A name alone does not say of what it is one.
    .allowExcessArguments()

  const warm = add('warm', 'have a running application warm what its kit lists', async (flags: WarmFlags, output) =>
    (await import('./commands/warm.ts')).warm(flags, output),
  )
  onApp(warm, true).option('--force', 'load what is fresh, too').option('--no-wait', 'do not wait for the end of it')

  const dashboard = add(
    'dashboard',
    'serve a page about Redis and what is cached there',
    async (flags: DashboardFlags, output) =>
      (await import('./commands/dashboard.ts')).dashboard(flags, output, interrupted()),
  )
  onRedis(dashboard)
    .option('--port <port>', 'where to listen; any free port otherwise', parsePort)
    .option('--host <address>', 'the address to listen on; 127.0.0.1 otherwise, any other needs a token')
    .option('--token <token>', 'what whoever looks must give; CACHE_ADMIN_TOKEN otherwise')
    .option('--allow-invalidate', 'let whoever has the token invalidate keys and tags')
    .option('--show-values', 'show the values of inspected keys')

  for (const [name, instead] of elsewhere) {
    program
      .command(name, { hidden: true })
      .allowUnknownOption()
      .allowExcessArguments()
      .action(() => {
        throw new CliError(ExitCode.usage, `There is no \`holdfast ${name}\`: say \`holdfast ${instead}\`.`)
      })
  }

  return async (args) => {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  }
}

/** What other tools call it, or the cache itself does. */
const elsewhere: readonly (readonly [name: string, instead: string])[] = [
  ['inspect', 'get <key>'],
  ['list', 'keys'],
  ['delete', 'invalidate --key <names...>'],
  ['clear', 'invalidate --all'],
  ['health', 'stats` about an application, or `holdfast doctor` about Redis'],
  ['check', 'doctor'],
]

/** Aborts at Ctrl-C, which then ends the command and not the process. */
function interrupted(): AbortSignal {
  const end = new AbortController()
  process.once('SIGINT', () => end.abort())
  return end.signal
}

function onRedis(command: Command): Command {
  return command
    .option('--redis <url>', 'where Redis is; REDIS_URL, REDIS_HOST … otherwise')
    .option('--prefix <prefix>', 'what keys begin with; REDIS_KEY_PREFIX otherwise')
    .option('--env-file <path>', 'a file of variables; .env otherwise')
}

function onApp(command: Command, needsToken = false): Command {
  command.option('--url <address>', 'the status route of the application; CACHE_STATUS_URL otherwise')
  if (needsToken) command.option('--token <token>', 'CACHE_ADMIN_TOKEN otherwise')
  if (!command.options.some(({ long }) => long === '--env-file'))
    command.option('--env-file <path>', 'a file of variables; .env otherwise')
  return command
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Expected a whole number of at least 1.')
}

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('Expected a port, from 0 to 65535.')
}

function parseInterval(text: string): number {
  const ms = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1_000 : durationMs(text)
  if (ms > 0 && ms <= 86_400_000) return ms
  throw new InvalidArgumentError('Expected a length of time above 0 and up to a day, such as 500ms or 2s.')
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

function durationMs(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? []
  return number === undefined ? Number.NaN : Number(number) * unitMs[unit!]!
}
