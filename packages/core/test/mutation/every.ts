import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'

// All tests that judge a mutant, in one file and one module graph. The simulations and the model are not among them: they are
// long, and a mutant that only they kill has no test that names what it breaks.
const core = join(import.meta.dirname, '../..')

for (const folder of ['src', 'test'])
  for (const name of readdirSync(join(core, folder)).sort())
    if (name.endsWith('.test.ts'))
      describe(`${folder}/${name}`, async () => {
        await import(join(core, folder, name))
      })
