import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { mutants, plant } from './mutants.ts'

/** Plants the bug that `HOLDFAST_MUTANT` names into the sources as they are loaded. The files stay as they are. */
const mutant = mutants.find(({ name }) => name === process.env['HOLDFAST_MUTANT'])
if (mutant === undefined)
  throw new Error(
    `There is no mutant ${process.env['HOLDFAST_MUTANT']}. There are: ${mutants.map(({ name }) => name).join(', ')}`,
  )

const target = new URL(`../../../${mutant.file}`, import.meta.url).href
registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    if (url !== target) return loaded
    return { ...loaded, source: plant(mutant, readFileSync(fileURLToPath(url), 'utf8')) }
  },
})
