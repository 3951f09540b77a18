import { ExitCode } from '@holdfast/bench/exit'
import type { RunFindings, RunReport } from './result.ts'

/** Puts together what the scenarios found: the worst of them decides. */
export function judgeRun(found: RunFindings): RunReport {
  const { scenarios, settings } = found
  const reproduce = reproduceCommand(['pnpm load', ...scenarios.map(({ played }) => played.name)], settings)
  const broken = scenarios.flatMap(({ played }) =>
    played.lines.filter((line) => !line.isMet && played.outcome === 'fail').map((line) => ({ played, line })),
  )
  const vacuous = scenarios.filter(({ control }) => control?.isBroken === false)
  const untrusted = scenarios.filter(({ played }) => played.outcome === 'untrusted')
  const report = { version: 1, ...found, reproduce } as const
  const conditions = scenarios.reduce((sum, { played }) => sum + played.lines.length, 0)
  if (broken.length > 0) {
    const [{ played, line }] = broken as [(typeof broken)[0]]
    const others = broken.length === 1 ? '' : `, and ${broken.length - 1} more`
    const observed = line.reason ?? line.judged
    const verdict = `Failed: ${played.name}: ${line.metric} is ${observed}, and should be ${line.expression}${others}. Again: ${reproduce}`
    return { ...report, verdict, exitCode: ExitCode.fail }
  }
  if (vacuous.length > 0) {
    const names = vacuous.map(({ played }) => played.name).join(', ')
    const verdict = `Untrusted: the control of ${names} did not fail, so passing means nothing. Again: ${reproduce}`
    return { ...report, verdict, exitCode: ExitCode.untrusted }
  }
  if (untrusted.length > 0) {
    const names = untrusted.map(({ played }) => played.name).join(', ')
    const verdict = `Untrusted: ${names} cannot be judged on this machine now. Again: ${reproduce}`
    return { ...report, verdict, exitCode: ExitCode.untrusted }
  }
  const names = scenarios.map(({ played }) => played.name).join(', ')
  const controls = scenarios.filter(({ control }) => control !== undefined).length
  const also =
    controls === 0
      ? ''
      : `, and ${controls === 1 ? 'the control fails' : `${controls} controls fail`} as ${controls === 1 ? 'it' : 'they'} must`
  const verdict = `Passed: ${names}: all ${conditions} conditions are met${also} (seed ${settings.seed}).`
  return { ...report, verdict, exitCode: ExitCode.pass }
}

/** The command that plays the same again. */
export function reproduceCommand(command: readonly string[], settings: RunFindings['settings']): string {
  return [
    ...command,
    `--seed ${settings.seed}`,
    ...(settings.skew === undefined ? [] : [`--skew ${settings.skew}`]),
    ...(settings.rows === 100_000 ? [] : [`--rows ${settings.rows}`]),
    ...(settings.isQuick ? ['--quick'] : []),
    ...(settings.durationMs === undefined ? [] : [`--duration ${settings.durationMs}ms`]),
  ].join(' ')
}
