// TypeScript as applications have it at its strictest, under both module resolutions and both kinds of decorators.
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bin, run } from './run.mjs'
import { root } from './workspace.mjs'

const strict = {
  target: 'es2022',
  lib: ['es2023', 'esnext.disposable', 'esnext.decorators'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  types: ['node'],
}

/** Compiles the files of a folder; gives the folder of what came out. */
export async function compile(folder, files, compilerOptions) {
  const options = {
    module: 'nodenext',
    ...strict,
    rewriteRelativeImportExtensions: true,
    outDir: 'out',
    ...compilerOptions,
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files }))
  await run(bin('tsc'), ['-p', 'tsconfig.json'], folder)
  return join(folder, 'out')
}

/** The declarations of `entries`, with those of all libraries that they mention. */
export async function checkTypes(app, entries) {
  const lines = entries.map((entry, i) => `import * as m${i} from '${entry}'\nexport const u${i}: object = m${i}\n`)
  writeFileSync(join(app, 'entries.ts'), lines.join(''))
  await compile(app, ['entries.ts'], { noEmit: true })
  await compile(app, ['entries.ts'], { noEmit: true, module: 'esnext', moduleResolution: 'bundler' })
  console.log('types check under nodenext and bundler')
}

/** What an application asks of the kit, compiled under both kinds of decorators, and run. */
export async function checkWish(app) {
  const wish = join(root, 'packages/holdfast/test/wish')
  for (const decorators of ['standard', 'legacy']) {
    const folder = join(app, decorators)
    mkdirSync(folder)
    for (const name of readdirSync(wish)) copyFileSync(join(wish, name), join(folder, name))
    const out = await compile(folder, ['program.ts'], { experimentalDecorators: decorators === 'legacy' })
    console.log(`${decorators} decorators: ${(await run(process.execPath, [join(out, 'program.js')], folder)).trim()}`)
  }
}
