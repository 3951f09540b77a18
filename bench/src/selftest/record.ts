import { describeEnvironment } from '../engine/environment.ts'
import { lockHost } from '../engine/lock.ts'
import { choosePinning } from '../engine/pin.ts'
import { openRedis } from '../engine/redis-server.ts'
import { repositoryRoot } from '../engine/repository.ts'
import { Measurements } from '../gate/measure.ts'
import { showProgress } from '../report/progress.ts'
import type { Case } from '../suites/case.ts'
import type { Recording } from './noise.ts'

/** Measures two copies of this checkout against each other, in so many processes. */
export async function recordNoise(
  cases: readonly Case[],
  processes: number,
  pin: string,
  root: string = repositoryRoot,
): Promise<Recording> {
  using _lock = await lockHost(10 * 60_000, (line) => console.error(line))
  const pinning = choosePinning(pin)
  await using redis = await openRedis(pinning)
  const measurements = new Measurements(redis, pinning)
  const duels = cases.map(({ id }) => ({
    id,
    caseId: id,
    base: { root, copy: 'base' },
    head: { root, copy: 'head' },
    inflation: 1,
  }))
  const startedAt = new Date().toISOString()
  const progress = showProgress()
  for (let process = 0; process < processes; process++) {
    progress.show(`process ${process + 1} of ${processes}`)
    await measurements.replicate(duels)
  }
  progress.clear()
  const { cpu, cpuCount, node, kernel } = describeEnvironment(pinning, redis.version)
  return {
    startedAt,
    machine: `${cpu} × ${cpuCount}, ${kernel}, Node ${node}, Redis ${redis.version}`,
    benches: Object.fromEntries(
      cases.map(({ id }) => {
        const { points } = measurements.of(id)
        return [id, { x: points.map(({ x }) => x), y: points.map(({ y }) => y) }]
      }),
    ),
  }
}
