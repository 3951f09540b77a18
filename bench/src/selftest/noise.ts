import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { repositoryRoot } from '../engine/repository.ts'
import { UsageError } from '../exit.ts'

/** What processes said of a bench: the two estimators, a pair of each process. */
interface Values {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/** What a machine says of benches whose sides are the same build. */
export interface Recording {
  readonly startedAt: string
  readonly machine: string
  readonly benches: Readonly<Record<string, Values>>
}

export interface Noise {
  readonly schema: 'holdfast.bench.noise.v1'
  readonly recordings: readonly Recording[]
}

/** The noise that is part of the repository, so that anybody can replay it. */
export const noiseFile: string = join(repositoryRoot, 'bench', 'noise.json')

/** @throws {UsageError} when there is no such recording */
export function readNoise(path: string = noiseFile): Noise {
  if (!existsSync(path))
    throw new UsageError(`There is no recorded noise at ${path}: record some with \`pnpm bench selftest --record 36\`.`)
  const noise = JSON.parse(readFileSync(path, 'utf8')) as Partial<Noise>
  if (noise.schema !== 'holdfast.bench.noise.v1' || !noise.recordings?.length)
    throw new UsageError(`${path} holds no recorded noise.`)
  return noise as Noise
}

/** Adds a recording, to an earlier one of the same machine where there is one; figures keep six digits, more than they mean. */
export function addRecording(recording: Recording, path: string = noiseFile): void {
  const earlier = existsSync(path) ? readNoise(path).recordings : []
  const same = earlier.find(({ machine }) => machine === recording.machine)
  const round = (values: readonly number[]): number[] => values.map((value) => Math.round(value * 1e6) / 1e6)
  const benches: Record<string, Values> = { ...same?.benches }
  for (const [id, { x, y }] of Object.entries(recording.benches)) {
    const before = benches[id]
    benches[id] = { x: [...(before?.x ?? []), ...round(x)], y: [...(before?.y ?? []), ...round(y)] }
  }
  const recordings = [...earlier.filter((one) => one !== same), { ...recording, benches }]
  const noise: Noise = { schema: 'holdfast.bench.noise.v1', recordings }
  const text = JSON.stringify(noise, null, 1).replaceAll(/\[\s+(-?[\d.e-]+,?\s*)+\]/g, (list) =>
    list.replaceAll(/\s+/g, ' '),
  )
  writeFileSync(path, `${text}\n`)
}
