// Checks what would be published: packs every package, then publint (strict), are-the-types-wrong, installing the tarballs with npm
// into an empty project, importing and requiring every entry, and type-checking it under both module resolutions.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const bin = (name) => join(root, 'node_modules/.bin', name)
const work = mkdtempSync(join(tmpdir(), 'holdfast-packages-'))
process.on('exit', () => rmSync(work, { recursive: true, force: true }))

const run = (command, args, cwd) => {
  try {
    return execFileSync(command, args, {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    })
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')}\n${error.stdout ?? ''}${error.stderr ?? ''}`, { cause: error })
  }
}

const packages = readdirSync(join(root, 'packages')).map((folder) => {
  const manifest = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'))
  return {
    folder: join(root, 'packages', folder),
    name: manifest.name,
    exports: Object.keys(manifest.exports ?? {}),
    manifest,
  }
})

for (const one of packages) {
  const target = join(work, `${one.name.replaceAll(/[@/]/g, '')}.tgz`)
  run('npx', ['-y', 'pnpm@12', 'pack', '--out', target], one.folder)
  one.tarball = target
}
console.log(`packed ${packages.length} packages`)

const isFile = (path) => /\.(json|yml)$/.test(path)

for (const one of packages) {
  run(bin('publint'), ['run', one.tarball, '--strict'], work)
  // Files to copy have no types.
  const files = one.exports.filter(isFile)
  const excluded = files.length === 0 ? [] : ['--exclude-entrypoints', ...files.map((path) => path.slice(2))]
  run(bin('attw'), [one.tarball, '--profile', 'esm-only', '--no-color', ...excluded], work)
  console.log(`publint and attw: ${one.name}`)
}

// An application of a stranger: npm, no workspace.
const app = join(work, 'app')
mkdirSync(app)
const optionalPeers = [...new Set(packages.flatMap((one) => Object.keys(one.manifest.peerDependenciesMeta ?? {})))]
const peers = [...new Set(packages.flatMap((one) => Object.keys(one.manifest.peerDependencies ?? {})))]
const versions = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
const versionOf = (name) =>
  new RegExp(`^  '?${name.replaceAll('/', '\\/')}'?: (\\S+)$`, 'm').exec(versions)?.[1] ?? 'latest'
const dependencies = Object.fromEntries([
  ...packages.map((one) => [one.name, `file:${one.tarball}`]),
  ...[...optionalPeers, ...peers].map((name) => [name, versionOf(name)]),
  ['@types/node', versionOf('@types/node')],
])
writeFileSync(
  join(app, 'package.json'),
  JSON.stringify({
    name: 'app',
    private: true,
    type: 'module',
    dependencies,
    overrides: Object.fromEntries(packages.map((one) => [one.name, `$${one.name}`])),
  }),
)
run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], app)
console.log('installed the tarballs with npm')

const entries = packages.flatMap((one) =>
  one.exports.filter((path) => !isFile(path)).map((path) => one.name + path.slice(1)),
)
// What needs a test runner around it cannot be imported without one.
const needsRunner = (entry) => entry === '@holdfast/testing'
const importable = entries.filter((entry) => !needsRunner(entry))
writeFileSync(
  join(app, 'import.mjs'),
  `${importable.map((entry) => `await import(${JSON.stringify(entry)})`).join('\n')}\n`,
)
writeFileSync(
  join(app, 'require.cjs'),
  `${importable.map((entry) => `require(${JSON.stringify(entry)})`).join('\n')}\n`,
)
// Each must end by itself: an entry that opens something on import would hang here.
run(process.execPath, ['import.mjs'], app)
run(process.execPath, ['require.cjs'], app)
console.log(`imported and required ${importable.length} entries`)

writeFileSync(
  join(app, 'app.ts'),
  entries
    .map((entry, i) => `import * as m${i} from ${JSON.stringify(entry)}\nexport const u${i}: object = m${i}`)
    .join('\n'),
)
for (const [module, moduleResolution] of [
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
]) {
  const compilerOptions = {
    module,
    moduleResolution,
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable', 'esnext.decorators'],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    types: ['node'],
  }
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }))
  run(bin('tsc'), ['-p', 'tsconfig.json'], app)
  console.log(`types check under ${moduleResolution}`)
}

// What an application asks of the kit, compiled strictly under both kinds of decorators, and run.
const wish = join(root, 'packages/holdfast/test/wish')
for (const decorators of ['standard', 'legacy']) {
  const folder = join(app, decorators)
  mkdirSync(folder)
  for (const name of readdirSync(wish)) copyFileSync(join(wish, name), join(folder, name))
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable', 'esnext.decorators'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    rewriteRelativeImportExtensions: true,
    experimentalDecorators: decorators === 'legacy',
    outDir: 'out',
    types: ['node'],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }))
  run(bin('tsc'), ['-p', 'tsconfig.json'], folder)
  console.log(`${decorators} decorators: ${run(process.execPath, ['out/program.js'], folder).trim()}`)
}

const help = run(join(app, 'node_modules/.bin/holdfast'), ['--help'], app)
if (!help.includes('doctor')) throw new Error(`Expected the command's help, got:\n${help}`)
run(join(app, 'node_modules/.bin/holdfast'), ['init', '--framework', 'web'], app)
console.log('the holdfast command runs')
console.log(`packages ok: ${packages.length} packages, ${entries.length} entries`)
