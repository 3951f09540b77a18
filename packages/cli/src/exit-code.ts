/** How the command ends, for scripts. Listed in `docs/reference/cli.md`. */
export const ExitCode = {
  /** It did what was asked, or all is well. */
  ok: 0,
  /** The answer is no: a finding of `doctor`, an unhealthy cache, a key that is not there, an invalidation that did not reach Redis. */
  no: 1,
  /** It was asked wrongly. */
  usage: 2,
  /** Redis or the application cannot be reached, or refuses. */
  unreachable: 3,
} as const

/** What ends the command early, with one message for people. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exitCode: number

  constructor(exitCode: number, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}
