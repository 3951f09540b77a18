import { runCli } from '../src/run-cli.ts'

/** How the command ended, and what it wrote. */
export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface RunOptions {
  /** Where it is called. */
  readonly cwd?: string
  /** Its environment. The variables of the machine that runs the tests are not handed on. */
  readonly env?: Readonly<Record<string, string>>
  /** Ctrl-C once it has written so many lines. */
  readonly interruptAfterLines?: number
  /** Is given the first line that it has written while it runs; then comes Ctrl-C. */
  readonly whileRunning?: (line: string) => Promise<unknown>
}

/** Runs the `holdfast` command within this process, one at a time. What only a process of its own shows is in `process.test.ts`. */
export async function runCommand(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { cwd = '.', env = {}, interruptAfterLines = Infinity, whileRunning } = options
  const outer = { env: process.env, cwd: process.cwd() }
  let out = ''
  let err = ''
  let meanwhile: Promise<unknown> | undefined
  const write = (text: string): void => {
    out += text
    if (whileRunning !== undefined) meanwhile ??= whileRunning(text.trimEnd()).finally(interrupt)
    if (out.split('\n').length > interruptAfterLines) interrupt()
  }
  process.env = { ...env }
  process.chdir(cwd)
  try {
    const code = await runCli(args, { out: write, err: (text) => (err += text) })
    await meanwhile
    return { code, out, err }
  } finally {
    process.env = outer.env
    process.chdir(outer.cwd)
  }
}

/** Ctrl-C, for those who listen. */
function interrupt(): void {
  process.emit('SIGINT', 'SIGINT')
}
