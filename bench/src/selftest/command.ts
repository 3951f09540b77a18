import { parseArgs } from 'node:util'
import { resolve } from 'node:path'

import { repositoryRoot } from '../engine/repository.ts'
import { ExitCode, UsageError } from '../exit.ts'
import { defaults, everyday } from '../gate/thresholds.ts'
import { paint } from '../report/paint.ts'
import { selectCases } from '../suites/catalog.ts'
import { runAcceptance } from './acceptance.ts'
import { addRecording, noiseFile, readNoise } from './noise.ts'
import { recordNoise } from './record.ts'
import { type Certificate, type Rate, replay } from './replay.ts'

export const selftestHelp = `pnpm bench selftest         is the gate right? its false alarms and its power, from recorded noise

  --families 2000 --seed 1     how many runs of a whole family are replayed
  --recorded <file>            the noise (default: bench/noise.json)
  --record 36                  measures so many processes of this checkout against itself, and adds them to the noise
  --full [--live 5]            runs the acceptance tests: real gates on real, mutated and busy builds; for the night
  --only <name>                repeatable; some of the acceptance tests`

/** What the certificate must show. */
const required = { falseAlarms: defaults.alpha, caught: 0.98 }

export async function selftestCommand(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      families: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '1' },
      recorded: { type: 'string', default: noiseFile },
      record: { type: 'string' },
      head: { type: 'string', default: repositoryRoot },
      filter: { type: 'string', multiple: true, default: [] },
      pin: { type: 'string', default: 'auto' },
      full: { type: 'boolean', default: false },
      live: { type: 'string', default: '5' },
      only: { type: 'string', multiple: true, default: [] },
    },
  })
  const [families, seed, live] = [values.families, values.seed, values.live].map(Number) as [number, number, number]
  if (!(families > 0) || !(live > 0)) throw new UsageError('Expected `--families` and `--live` to be positive numbers.')
  if (values.record !== undefined) {
    const cases = selectCases(values.filter.length > 0 ? values.filter : everyday)
    addRecording(await recordNoise(cases, Number(values.record), values.pin, resolve(values.head)), values.recorded)
  }
  const certificate = replay(readNoise(values.recorded).recordings, families, seed)
  console.log(renderCertificate(certificate))
  const isCertified =
    certificate.falseAlarms.upper <= required.falseAlarms &&
    (certificate.power.find(({ factor }) => factor === 1.2)?.caught.hits ?? 0) >=
      required.caught * (certificate.power[1]?.caught.of ?? 1)
  console.log(
    isCertified
      ? paint('green', 'certified')
      : paint('red', 'NOT certified: record noise on a quieter machine, or mend the rule'),
  )
  const isAccepted = values.full || values.only.length > 0 ? await runAcceptance(live, values.only) : true
  return isCertified && isAccepted ? ExitCode.pass : ExitCode.fail
}

function renderCertificate({
  benches,
  falseAlarms,
  falseAlarmsAtZero,
  inconclusive,
  power,
  meanProcesses,
}: Certificate): string {
  const percent = (share: number): string => `${(share * 100).toFixed(2)} %`
  const line = (title: string, rate: Rate, bound: 'lower' | 'upper'): string =>
    `${title.padEnd(46)} ${String(rate.hits).padStart(6)} of ${rate.of}  ${percent(rate.hits / rate.of).padStart(8)}  ${bound === 'upper' ? 'at most' : 'at least'} ${percent(rate[bound])}`
  return [
    paint('bold', `Replayed over the noise of ${benches} benches (bounds: 95 %, Clopper–Pearson)`),
    line('false alarms, equal sides, whole family', falseAlarms, 'upper'),
    line('  the same with no tolerance', falseAlarmsAtZero, 'upper'),
    line('families with something undecided', inconclusive, 'upper'),
    ...power.map(
      ({ factor, caught, worst }) =>
        `${line(`slowdown of ${Math.round((factor - 1) * 100)} % caught`, caught, 'lower')}  (least: ${worst.id} ${percent(worst.rate)})`,
    ),
    `${'processes until a family of equal sides is decided'.padEnd(46)} ${meanProcesses.toFixed(1)} on average`,
  ].join('\n')
}
