import type { WarmReport } from 'holdfast'
import { ExitCode } from '../exit-code.ts'
import type { Output } from '../output.ts'
import { command, type AppFlags } from '../status-page.ts'

export interface WarmFlags extends AppFlags {
  readonly force?: boolean
  readonly wait: boolean
}

/** Has a running application warm what its kit lists. */
export async function warm(flags: WarmFlags, output: Output): Promise<number> {
  const answer = await command(flags, { action: 'warm', force: flags.force ?? false, wait: flags.wait })
  const report = answer['report'] as WarmReport | undefined
  output.result(answer, () => (report === undefined ? 'Warming has begun.' : show(report)))
  return report === undefined || isWell(report) ? ExitCode.ok : ExitCode.no
}

function isWell({ outcome, jobs }: WarmReport): boolean {
  // Another process is at it, or did it: nothing is wanting.
  if (outcome === 'elsewhere' || outcome === 'recent') return true
  return outcome === 'done' && jobs.every(({ failed, error }) => failed === 0 && error === undefined)
}

const sentences: Readonly<Record<WarmReport['outcome'], string>> = {
  done: 'Warmed.',
  late: 'The deadline struck before all was warm.',
  aborted: 'The run was ended early.',
  elsewhere: 'Another process of the fleet is at it.',
  recent: 'Another process of the fleet did it a while ago.',
  unreachable: 'Redis cannot be reached by the application: nothing was warmed.',
}

function show({ outcome, jobs }: WarmReport): string {
  const lines = jobs.map(({ job, loaded, fresh, absent, failed, error }) => {
    const counts = `${loaded} loaded, ${fresh} fresh, ${absent} without a value, ${failed} failed`
    return `${job}: ${counts}${error === undefined ? '' : `; its keys could not be listed (${typeof error === 'string' ? error : 'unknown'})`}`
  })
  return [
    sentences[outcome],
    ...lines,
    ...(outcome === 'done' && jobs.length === 0 ? ['There is nothing to warm.'] : []),
  ].join('\n')
}
