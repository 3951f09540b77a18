/** The process in which things are measured: takes one job from its parent, answers with messages, and exits. */
import { checkConformance } from '../peers/conformance.ts'
import { loadPeer } from '../peers/registry.ts'
import type { Case, Context, Runner } from '../suites/case.ts'
import type { Loop } from '../suites/loops.ts'
import { caseById } from '../suites/catalog.ts'
import { countRunner } from './counts.ts'
import { runDuel } from './duel.ts'
import type { CompareJob, ConformanceJob, CountJob, DuelJob, DuelSpec, Job, Message } from './job.ts'
import { type Contender, sampleContenders } from './sample.ts'
import { loadSdk, MissingApiError, type Sdk } from './sdk.ts'

function say(message: Message): void {
  process.send?.(message)
}

process.on('disconnect', () => process.exit(1))
process.once('message', (job: Job) => {
  work(job).then(
    () => say({ type: 'done' }),
    (error: unknown) => {
      console.error(error)
      process.exitCode = 1
      process.disconnect()
    },
  )
})

async function work(job: Job): Promise<void> {
  if (job.type === 'compare') return compare(job)
  if (job.type === 'duel') return duel(job)
  if (job.type === 'count') return count(job)
  return conformance(job)
}

async function compare(job: CompareJob): Promise<void> {
  const bench = caseById(job.caseId)
  const sdk = await loadSdk(job.root, 'head')
  const contenders: (Contender & { readonly runner: Runner })[] = []
  const bytes: Record<string, number> = {}
  for (const [i, name] of job.contenders.entries()) {
    try {
      const runner = await bench.open(name, contextOf(sdk, job.redisUrl, `${job.replicate}.${i}`))
      contenders.push({ name, run: runner.run, runner })
      if (runner.bytes !== undefined) bytes[name] = runner.bytes
    } catch (error) {
      say({ type: 'unable', contender: name, reason: reasonOf(error) })
    }
  }
  const { effort, timeMs, replicate } = job
  const samples =
    contenders.length === 0
      ? []
      : await sampleContenders(contenders, { effort, timeMs, step: bench.step ?? 1, rotate: replicate })
  for (const { runner } of contenders) await runner.close()
  say({ type: 'samples', samples, bytes })
}

async function duel(job: DuelJob): Promise<void> {
  // Order of loading, of warming and of the first slice alternate with the process; so does where in it a bench stands.
  const baseFirst = job.replicate % 2 === 0
  const rotated = job.duels.map((_, i) => job.duels[(i + job.replicate) % job.duels.length] as DuelSpec)
  for (const spec of rotated) {
    const bench = caseById(spec.caseId)
    const sides = baseFirst ? (['base', 'head'] as const) : (['head', 'base'] as const)
    const runners: Partial<Record<'base' | 'head', Runner>> = {}
    try {
      for (const side of sides) {
        const runner = await openSide(bench, spec, side, job)
        if (runner) runners[side] = runner
      }
      if (runners.base && runners.head) {
        const point = await runDuel({
          base: blaming('base', runners.base.run),
          head: blaming('head', runners.head.run),
          step: bench.step ?? 1,
          first: baseFirst ? 'base' : 'head',
          inflation: spec.inflation,
          effort: job.effort,
          slices: job.slices,
        })
        say({ type: 'point', id: spec.id, point })
      }
    } catch (error) {
      if (!(error instanceof SideError)) throw error
      say({ type: 'threw', id: spec.id, side: error.side, reason: error.message })
    } finally {
      await runners.base?.close()
      await runners.head?.close()
    }
  }
}

/** An operation failed while it was timed, on this side. */
class SideError extends Error {
  readonly side: 'base' | 'head'

  constructor(side: 'base' | 'head', cause: unknown) {
    super(reasonOf(cause), { cause })
    this.side = side
  }
}

/** Says whose error it was; once a slice, not once an operation. */
function blaming(side: 'base' | 'head', run: Loop): Loop {
  const blame = (error: unknown): never => {
    throw new SideError(side, error)
  }
  return (n) => {
    try {
      return run(n)?.catch(blame)
    } catch (error) {
      return blame(error)
    }
  }
}

async function openSide(bench: Case, spec: DuelSpec, side: 'base' | 'head', job: DuelJob): Promise<Runner | undefined> {
  try {
    const sdk = await loadSdk(spec[side].root, spec[side].copy)
    const runner = await bench.open(
      bench.gated ?? '',
      contextOf(sdk, job.redisUrl, `${job.replicate}.${spec.id}.${side}`),
    )
    try {
      await runner.run(bench.step ?? 1)
      return runner
    } catch (error) {
      await runner.close()
      throw error
    }
  } catch (error) {
    say({ type: error instanceof MissingApiError ? 'missing' : 'threw', id: spec.id, side, reason: reasonOf(error) })
    return undefined
  }
}

async function count(job: CountJob): Promise<void> {
  const sdk = await loadSdk(job.build.root, job.build.copy)
  for (const caseId of job.caseIds) {
    const bench = caseById(caseId)
    try {
      const runner = await bench.open(
        bench.gated ?? '',
        contextOf(sdk, job.redisUrl, `${job.replicate}.${caseId}.count`),
      )
      try {
        say({ type: 'counts', caseId, counts: await countRunner(bench, runner, job.redisUrl) })
      } finally {
        await runner.close()
      }
    } catch (error) {
      say({
        type: error instanceof MissingApiError ? 'missing' : 'threw',
        id: caseId,
        side: 'head',
        reason: reasonOf(error),
      })
    }
  }
}

async function conformance(job: ConformanceJob): Promise<void> {
  const sdk = await loadSdk(job.root, 'head')
  for (const { peer, tier } of job.checks) {
    const adapter = await loadPeer(peer, 'conformance')
    const faults = await checkConformance(adapter, tier, sdk, job.redisUrl, `check:${peer}:${tier}:`)
    say({ type: 'conforms', peer, tier, faults })
  }
}

function contextOf(sdk: Sdk, redisUrl: string, instance: string): Context {
  return { sdk, redisUrl, prefix: `bench:${instance}:`, instance }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
