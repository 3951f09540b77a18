import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { createRandom } from '../stats/random.ts'
import { addRecording, readNoise, type Recording } from './noise.ts'
import { replay } from './replay.ts'

/** Noise with the given spread and, now and then, a process that was far off. */
function recording(benches: number, spread: number, outliers = 0): Recording {
  const random = createRandom(benches * 1_000 + spread * 100)
  const values = (): number[] =>
    Array.from({ length: 36 }, () => random.normal() * spread * (random.next() < outliers ? 10 : 1))
  const ids = Array.from({ length: benches }, (_, i) => `bench.${i}`)
  return {
    startedAt: '2026-01-01T00:00:00.000Z',
    machine: 'synthetic',
    benches: Object.fromEntries(ids.map((id) => [id, { x: values(), y: values() }])),
  }
}

describe('the certificate', () => {
  it('shows no false alarm and full power over ordinary noise', () => {
    const certificate = replay([recording(12, 0.04)], 300, 1)

    expect(certificate.falseAlarms.hits).toBe(0)
    expect(certificate.power.find(({ factor }) => factor === 1.2)?.caught).toMatchObject({ hits: 300, of: 300 })
    expect(certificate.meanProcesses).toBe(15)
  })

  it('keeps its false alarms over noise with outliers, where its power is less', () => {
    const certificate = replay([recording(12, 0.1, 0.2)], 300, 1)

    expect(certificate.falseAlarms.hits).toBeLessThan(6)
    expect(certificate.power[0]?.caught.hits).toBeLessThan(300)
    expect(certificate.inconclusive.hits).toBeGreaterThan(0)
  })

  it('takes a lasting difference of the sides for noise: which one is called base was arbitrary', () => {
    const lopsided = Array.from({ length: 36 }, (_, i) => 0.3 + i / 1_000)
    const benches = { bench: { x: lopsided, y: lopsided } }

    expect(replay([{ startedAt: '', machine: '', benches }], 100, 1).falseAlarms.hits).toBe(0)
  })

  it('sees more of a larger slowdown', () => {
    const { power } = replay([recording(8, 0.15, 0.1)], 200, 1)
    const rates = power.map(({ caught }) => caught.hits / caught.of)

    expect(rates).toEqual(rates.toSorted((a, b) => a - b))
  })

  it('is the same for the same seed', () => {
    expect(replay([recording(4, 0.1)], 50, 3)).toEqual(replay([recording(4, 0.1)], 50, 3))
  })
})

describe('recorded noise', () => {
  it('is added to what the same machine said before', () => {
    const folder = mkdtempSync(join(tmpdir(), 'noise-'))
    try {
      const path = join(folder, 'noise.json')
      addRecording(recording(2, 0.1), path)
      addRecording(recording(3, 0.1), path)
      addRecording({ ...recording(1, 0.1), machine: 'another' }, path)

      const { recordings } = readNoise(path)

      expect(recordings.map(({ machine, benches }) => [machine, Object.keys(benches).length])).toEqual([
        ['synthetic', 3],
        ['another', 1],
      ])
      expect(recordings[0]?.benches['bench.0']?.x).toHaveLength(72)
      expect(recordings[0]?.benches['bench.2']?.y).toHaveLength(36)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('that is not there is an error that says how to make it', () => {
    expect(() => readNoise('/nowhere/noise.json')).toThrow('selftest --record')
  })
})
