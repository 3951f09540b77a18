import type { Mutant } from './mutants.ts'
import type { Judged } from './run.ts'

/** The survivors, the score of each file, and the score of all. */
export function report(
  mutants: readonly Mutant[],
  judged: ReadonlyMap<number, Judged>,
  { all }: { readonly all: boolean },
): string {
  const isCaught = ({ id }: Mutant): boolean => {
    const { verdict } = judged.get(id)!
    return verdict === 'killed' || verdict === 'endless'
  }
  const lines = mutants
    .filter((mutant) => all || !isCaught(mutant))
    .map((mutant) => {
      const { file, line, kind, before, after, id } = mutant
      const { verdict, by } = judged.get(id)!
      return `${verdict.padEnd(8)} src/${file}:${line}  ${kind}: ${before} → ${after || '(nothing)'}${by === undefined ? '' : `  [${by}]`}`
    })
  const files = Map.groupBy(mutants, ({ file }) => file)
  const scores = [...files].map(([file, its]) => `${score(its)}  ${file}`)
  return [...lines, '', ...scores, '', `${score(mutants)}  of all`].join('\n')

  function score(its: readonly Mutant[]): string {
    const caught = its.filter(isCaught).length
    return `${((caught / its.length) * 100).toFixed(1).padStart(5)} % ${String(caught).padStart(5)} of ${String(its.length).padStart(5)}`
  }
}
