import { describe, expect, it } from 'vitest'

import type { Point } from '../engine/duel.ts'
import type { DuelSpec } from '../engine/job.ts'
import { splitAlpha } from '../stats/verdict.ts'
import { plansOf, unableAfter, type Unable } from './judge.ts'
import { replicateUntilSettled } from './replicate.ts'

const plans = plansOf({ looks: [15, 24, 36], alphas: splitAlpha(0.01, 3), family: 34, beta: 0.01 }, 0.05, 0.2)
const build = { root: '', copy: '' }
const starved: Unable = { side: 'base', kind: 'threw', reason: 'starved' }

/** Processes in which some benches give a point and some throw, and how long the run was. */
async function played(
  incidentIn: (id: string, process: number) => Unable | undefined,
  endsAt = Number.MAX_SAFE_INTEGER,
) {
  const points: Record<string, Point[]> = { a: [], b: [] }
  const incidents: Record<string, Unable[]> = { a: [], b: [] }
  const asked: string[][] = []
  const reports: string[] = []
  const measurements = {
    replicates: [] as { disturbance: never; isDisturbed: boolean }[],
    of: (id: string) => {
      const unable = unableAfter(incidents[id]!)
      return { id, points: points[id]!, incidents: incidents[id]!, ...(unable ? { unable } : {}) }
    },
    replicate: async (duels: readonly DuelSpec[]) => {
      const ids = duels.map(({ id }) => id)
      for (const id of ids) {
        const incident = incidentIn(id, asked.length)
        if (incident === undefined)
          points[id]!.push({ x: asked.length % 2 ? 0.01 : -0.01, y: 0, operations: 1, baseMs: 1, headMs: 1 })
        else incidents[id]!.push(incident)
      }
      asked.push(ids)
      measurements.replicates.push({ disturbance: undefined as never, isDisturbed: false })
    },
  }
  const duels = ['a', 'b'].map((id): DuelSpec => ({ id, caseId: id, base: build, head: build, inflation: 1 }))
  await replicateUntilSettled(measurements, { duels, plans, endsAt }, (line) => reports.push(line))
  return { asked, reports, points: [points['a']!.length, points['b']!.length] }
}

describe('processes of a gate', () => {
  it('are as many as the first look asks for, when everything is decided then', async () => {
    expect(await played(() => undefined)).toMatchObject({
      points: [15, 15],
      reports: ['after 15 processes, everything is decided'],
    })
  })

  it('are run again for a bench that threw, and for no other', async () => {
    const { asked, points } = await played((id, process) => (id === 'b' && process === 3 ? starved : undefined))

    expect(points).toEqual([15, 15])
    expect(asked.slice(15)).toEqual([['b']])
  })

  it('end for a bench that throws again and again', async () => {
    const { asked, points } = await played((id) => (id === 'b' ? { ...starved, side: 'head' } : undefined))

    expect(points).toEqual([15, 0])
    expect(asked).toHaveLength(15)
  })

  it('do not begin after the end of the budget', async () => {
    expect(await played(() => undefined, 0)).toMatchObject({
      asked: [],
      points: [0, 0],
      reports: [expect.stringContaining('used up')],
    })
  })
})
