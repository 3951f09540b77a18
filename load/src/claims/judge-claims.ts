import { ExitCode } from '@holdfast/bench/exit'
import type { RunFindings, RunReport } from '../run/result.ts'
import { reproduceCommand } from '../run/verdict.ts'
import type { JudgedLine } from '../verdict/judge-line.ts'
import type { Claim } from './claims.ts'

/** A claim, and what became of it. */
export interface JudgedClaim extends Pick<Claim, 'name' | 'says'> {
  readonly outcome: 'holds' | 'broken' | 'untrusted'
  /** The scenarios that it rests on. */
  readonly scenarios: readonly string[]
  /** What was measured, in one figure. */
  readonly measured: string
  /** Its conditions that are not met. */
  readonly broken: readonly (JudgedLine & { readonly scenario: string })[]
}

/** Judges claims by what was played: each holds when all its conditions are met, by bounds, on values that were measured. */
export function judgeClaims(claims: readonly Claim[], found: RunFindings): RunReport {
  const judged = claims.map((claim) => judgeClaim(claim, found))
  const { settings, scenarios } = found
  const names = judged.map(({ name }) => name)
  const reproduce = reproduceCommand(['pnpm load claims', ...names], settings)
  const report = { version: 1, ...found, claims: judged, reproduce } as const
  const vacuous = scenarios.filter(({ control }) => control?.isBroken === false).map(({ played }) => played.name)
  const broken = judged.filter(({ outcome }) => outcome === 'broken')
  const untrusted = judged.filter(({ outcome }) => outcome === 'untrusted')
  const again = `Again: ${reproduce}`
  if (broken.length > 0) {
    const [first] = broken as [JudgedClaim]
    const [line] = first.broken
    const others =
      broken.length === 1
        ? ''
        : ` (broken, too: ${broken
            .slice(1)
            .map(({ name }) => name)
            .join(', ')})`
    const why =
      line === undefined
        ? 'nothing was played that it rests on'
        : `${line.metric} of ${line.scenario} is ${line.reason ?? line.judged}, and should be ${line.expression}`
    const verdict = `Broken: the claim that ${first.says}: ${why}${others}. ${again}`
    return { ...report, verdict, exitCode: ExitCode.fail }
  }
  if (vacuous.length > 0 || untrusted.length > 0) {
    const why =
      vacuous.length > 0
        ? `the control of ${vacuous.join(', ')} did not fail`
        : `${untrusted.map(({ name }) => name).join(', ')} cannot be judged on this machine now`
    return { ...report, verdict: `Untrusted: ${why}. ${again}`, exitCode: ExitCode.untrusted }
  }
  const said = judged.map(({ name, measured }) => `${name} ${measured}`).join(', ')
  const all = judged.length === 1 ? 'The claim holds' : `All ${judged.length} claims hold`
  const skew = settings.skew === undefined ? '' : `, skew ${settings.skew}`
  return { ...report, verdict: `${all} (seed ${settings.seed}${skew}): ${said}.`, exitCode: ExitCode.pass }
}

function judgeClaim({ name, says, proof, figure }: Claim, { scenarios }: RunFindings): JudgedClaim {
  const played = scenarios.filter(({ played: { name: scenario } }) => Object.hasOwn(proof, scenario))
  const lines = played.flatMap(({ played: { name: scenario, lines: all, outcome } }) =>
    all
      .filter(({ metric, expression }) => proof[scenario]?.[metric]?.some((text) => text === expression))
      .map((line) => ({ ...line, scenario, outcome })),
  )
  const broken = lines.filter(({ isMet }) => !isMet)
  // What was played under a doubt is judged neither way where it matters: see the scenario's own outcome.
  const isDoubtful = played.some(({ played: { outcome } }) => outcome === 'untrusted')
  return {
    name,
    says,
    outcome:
      broken.some(({ outcome }) => outcome === 'fail') || played.length === 0
        ? 'broken'
        : isDoubtful
          ? 'untrusted'
          : 'holds',
    scenarios: Object.keys(proof),
    measured: lines.find(({ metric }) => metric === figure)?.observed ?? '–',
    broken,
  }
}
