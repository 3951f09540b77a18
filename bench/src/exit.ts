/** What the process says when it ends. */
export const ExitCode = {
  /** Nothing is wrong. */
  pass: 0,
  /** A regression was shown, or a threshold is broken. */
  fail: 1,
  /** The command was not understood, or names something that does not exist. */
  usage: 2,
  /** The measurement cannot be believed: a sentinel was wrong, or the machine was too noisy. */
  untrusted: 3,
  /** Something that the bench needs did not work: an install, Redis, a child process. */
  infrastructure: 4,
} as const

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

/** The caller asked for something that is not there. Ends with {@link ExitCode.usage} and one line. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}

/** The surroundings failed. Ends with {@link ExitCode.infrastructure} and one line. */
export class InfrastructureError extends Error {
  override readonly name: string = 'InfrastructureError'
}
