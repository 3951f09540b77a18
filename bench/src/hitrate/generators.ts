import { createRandom, type Random } from '../stats/random.ts'
import { numberKeys, type Trace } from './trace.ts'
import { createZipf, permutation } from './zipf.ts'

export interface Workload {
  readonly name: string
  readonly describe: string
  generate(seed: number, count?: number): Trace
}

const hotKeys = 10_000

/** Requests of one kind, one at a time; `at` is the position in the trace. */
type Draw = (at: number) => number

function workload(name: string, describe: string, length: number, open: (random: Random) => Draw): Workload {
  return {
    name,
    describe,
    generate(seed, count = length) {
      const draw = open(createRandom(seed))
      return numberKeys(
        name,
        Array.from({ length: count }, (_, at) => draw(at)),
        count,
      )
    },
  }
}

function zipfDraw(s: number, random: Random): Draw {
  const draw = createZipf(hotKeys, s)
  const keys = permutation(hotKeys, random)
  return () => keys[draw(random)] ?? 0
}

/** The workloads that need no file. Keys beyond `hotKeys` belong to what is mixed into the Zipf part. */
export const workloads: readonly Workload[] = [
  workload('zipf-0.99', 'exact zipf, s = 0.99, 10,000 keys', 200_000, (random) => zipfDraw(0.99, random)),
  workload('zipf-1.2', 'exact zipf, s = 1.2, 10,000 keys: a few very hot ones', 200_000, (random) =>
    zipfDraw(1.2, random),
  ),
  workload('scan', 'zipf 0.99, and a tenth of the requests walk through a table of 50,000 rows', 200_000, (random) => {
    const hot = zipfDraw(0.99, random)
    let row = 0
    let left = 0
    // Runs of 500 rows; one begins often enough to make up a tenth of the requests.
    return (at) => {
      if (left === 0 && random.next() < 0.1 / 500 / 0.9) left = 500
      if (left === 0) return hot(at)
      left--
      return hotKeys + (row++ % 50_000)
    }
  }),
  workload('churn', 'zipf 0.99, and a tenth of the requests are for keys never seen again', 200_000, (random) => {
    const hot = zipfDraw(0.99, random)
    let once = hotKeys
    return (at) => (random.next() < 0.1 ? once++ : hot(at))
  }),
  workload('loop', '2,000 keys, round and round', 100_000, () => (at) => at % 2_000),
  workload(
    'session',
    'recency: a new key with every tenth request, and the newer a key the more it is asked for',
    200_000,
    (random) => {
      const age = createZipf(hotKeys, 0.99)
      let newest = hotKeys
      return () => {
        if (random.next() < 0.1) newest++
        return newest - age(random)
      }
    },
  ),
]
