// The public declarations of each package, rolled up and without comments, beside what `api.d.ts` in its folder remembers of them.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor'
import { run } from './run.mjs'
import { packages, readJson, root } from './workspace.mjs'

const { lib, target, module, moduleResolution } = readJson(join(root, 'tsconfig.base.json')).compilerOptions
const silent = { default: { logLevel: 'none' } }

function rollUp({ folder, entries }, out) {
  const files = entries.map(({ types }) => types)
  let compilerState
  return entries.map(({ specifier, types }) => {
    if (!existsSync(types)) throw new Error(`There is no ${types}. Build first: pnpm build`)
    const config = ExtractorConfig.prepare({
      configObject: {
        projectFolder: folder,
        mainEntryPointFilePath: types,
        compiler: {
          overrideTsconfig: {
            compilerOptions: {
              lib,
              target,
              module,
              moduleResolution,
              strict: true,
              skipLibCheck: true,
              types: ['node'],
            },
            files,
          },
        },
        newlineKind: 'lf',
        apiReport: { enabled: false },
        docModel: { enabled: false },
        tsdocMetadata: { enabled: false },
        dtsRollup: { enabled: true, untrimmedFilePath: out },
        messages: {
          compilerMessageReporting: silent,
          extractorMessageReporting: silent,
          tsdocMessageReporting: silent,
        },
      },
      packageJsonFullPath: join(folder, 'package.json'),
    })
    compilerState ??= CompilerState.create(config, { additionalEntryPoints: files })
    const messageCallback = (message) => (message.handled = message.logLevel !== 'error')
    const { succeeded } = Extractor.invoke(config, { localBuild: true, compilerState, messageCallback })
    if (!succeeded) throw new Error(`API Extractor could not read ${types}`)
    const declarations = readFileSync(out, 'utf8')
      .replaceAll(/^ *\/\*\*[\s\S]*?\*\/\n/gm, '')
      .replaceAll(/\n{2,}/g, '\n\n')
      .trim()
    return `// ${specifier}\n\n${declarations}\n`
  })
}

/** Fails when a public declaration is not the one of the snapshot, and shows how they differ. */
export async function checkApi({ update }) {
  const out = mkdtempSync(join(tmpdir(), 'holdfast-api-'))
  try {
    const differences = []
    for (const one of packages) {
      const now = join(out, 'api.d.ts')
      const snapshot = join(one.folder, 'api.d.ts')
      const text = `// Written by \`pnpm check:packages api --update\`.\n\n${rollUp(one, join(out, 'rolled-up.d.ts')).join('\n')}`
      writeFileSync(now, text)
      if (update) writeFileSync(snapshot, text)
      if (existsSync(snapshot) && readFileSync(snapshot, 'utf8') === text) continue
      const before = existsSync(snapshot) ? snapshot : '/dev/null'
      const diff = await run('git', ['diff', '--no-index', '--no-color', before, now], out).catch(
        ({ cause }) => cause.stdout,
      )
      differences.push(`${relative(root, snapshot)}\n${diff.split('\n').slice(4).join('\n')}`)
    }
    if (differences.length > 0)
      throw new Error(
        `Public declarations changed:\n\n${differences.join('\n')}\nIf that is meant: pnpm check:packages api --update, and a changeset that says what users do about it.`,
      )
    console.log(`the public declarations of ${packages.length} packages are those of their api.d.ts`)
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}
