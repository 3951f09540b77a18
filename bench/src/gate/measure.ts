import type { Counts } from '../engine/counts.ts'
import type { Point } from '../engine/duel.ts'
import { disturbanceBetween, isDisturbed, readPressure } from '../engine/environment.ts'
import type { Build, DuelSpec, Message } from '../engine/job.ts'
import type { Pinning } from '../engine/pin.ts'
import type { BenchRedis } from '../engine/redis-server.ts'
import { runChild } from '../engine/run-child.ts'
import type { Case } from '../suites/case.ts'
import { unableAfter, type Measured, type Unable } from './judge.ts'
import type { Replicate } from './result.ts'
import { defaults } from './thresholds.ts'

/** The two builds under test. */
export interface Builds {
  readonly base: Build
  readonly head: Build
}

/** Collects what the processes of a gate say. */
export class Measurements {
  readonly #redis: BenchRedis | undefined
  readonly #pinning: Pinning
  readonly #points = new Map<string, Point[]>()
  readonly #incidents = new Map<string, Unable[]>()
  readonly replicates: Replicate[] = []

  constructor(redis: BenchRedis | undefined, pinning: Pinning) {
    this.#redis = redis
    this.#pinning = pinning
  }

  of(id: string): Measured {
    const incidents = this.#incidents.get(id) ?? []
    const unable = unableAfter(incidents)
    return { id, points: this.#points.get(id) ?? [], incidents, ...(unable ? { unable } : {}) }
  }

  /** One process: one more point of each duel. */
  async replicate(duels: readonly DuelSpec[]): Promise<void> {
    await this.#redis?.command('FLUSHALL')
    const before = readPressure()
    const started = Date.now()
    await runChild(
      {
        type: 'duel',
        redisUrl: this.#redis?.url ?? '',
        replicate: this.replicates.length,
        effort: { warmMs: defaults.warmMs, sliceMs: defaults.sliceMs },
        slices: defaults.slices,
        duels: duels.filter(({ id }) => this.of(id).unable === undefined),
      },
      this.#pinning,
      (message) => this.#hear(message),
    )
    const disturbance = disturbanceBetween(before, readPressure(), Date.now() - started)
    this.replicates.push({ disturbance, isDisturbed: isDisturbed(disturbance) })
  }

  /** Counts of one build, by case; what cannot run is absent. */
  async count(build: Build, cases: readonly Case[], replicate: number): Promise<ReadonlyMap<string, Counts>> {
    await this.#redis?.command('FLUSHALL')
    const counted = new Map<string, Counts>()
    const caseIds = cases.map(({ id }) => id)
    await runChild(
      { type: 'count', redisUrl: this.#redis?.url ?? '', build, caseIds, replicate },
      this.#pinning,
      (message) => {
        if (message.type === 'counts') counted.set(message.caseId, message.counts)
      },
    )
    return counted
  }

  #hear(message: Message): void {
    if (message.type === 'point') {
      const points = this.#points.get(message.id) ?? []
      points.push(message.point)
      this.#points.set(message.id, points)
    }
    if (message.type === 'missing' || message.type === 'threw') {
      const { id, side, type: kind, reason } = message
      this.#incidents.set(id, [...(this.#incidents.get(id) ?? []), { side, kind, reason }])
    }
  }
}
