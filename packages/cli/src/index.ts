export { ExitCode } from './exit-code.ts'
export { runCli } from './run-cli.ts'
export type { Streams } from './output.ts'
