import { parseArgs } from 'node:util'
import { judge } from './judge.ts'
import { allMutants } from './run.ts'
import { report } from './report.ts'

// Breaks `src` at one place at a time, and tells which breaks no test notices.
const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    /** Only these files: `--file read.ts --file fly.ts`. */
    file: { type: 'string', multiple: true },
    /** A part of the mutants, chosen by the seed: `--sample 10%`. */
    sample: { type: 'string', default: '100%' },
    seed: { type: 'string', default: '1' },
    /** Every mutant with what became of it, not the survivors alone. */
    all: { type: 'boolean', default: false },
  },
})

const share = Number(/^(\d+(?:\.\d+)?)%$/.exec(values.sample)?.[1] ?? Number.NaN) / 100
if (!(share > 0 && share <= 1))
  throw new Error(`Expected \`--sample\` to be a percentage such as 10%, got ${values.sample}.`)
const mutants = allMutants()
const names = new Set(mutants.map(({ file }) => file))
for (const file of values.file ?? []) if (!names.has(file)) throw new Error(`There is nothing to break in src/${file}.`)

const chosen = mutants.filter(
  ({ id, file }) => (values.file?.includes(file) ?? true) && chance(id, Number(values.seed)) < share,
)
const startedAt = performance.now()
const judged = await judge(chosen)
console.log(report(chosen, judged, { all: values.all }))
console.log(
  `${chosen.length} of ${mutants.length} mutants in ${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes`,
)

/** A number from 0 to 1 for an id and a seed (the finisher of MurmurHash3). */
function chance(id: number, seed: number): number {
  let hash = Math.imul(id + 1, 0x9e3779b1) ^ Math.imul(seed, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}
