// The manifests inside the tarballs, and what lies beside them: all that a registry, a bundler and an installer go by.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { packages, readJson, root } from './workspace.mjs'

const { repository } = readJson(join(root, 'package.json'))
const ours = new Set(packages.map(({ name }) => name))
// What npm runs when somebody installs a package; with a binding.gyp it builds, and is asked by no script.
const installScripts = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare']
// An application has one of these, and its version is the application's choice.
const frameworks = [
  'express',
  'fastify',
  'hono',
  'next',
  'node-cache',
  'prom-client',
  'react',
  'vitest',
  '@opentelemetry/api',
]

/** The packages that the declarations of `dist` speak of: `ioredis`, `@types/node` for `node:http`. */
function mentions({ folder, name }) {
  const declarations = readdirSync(join(folder, 'dist'), { recursive: true })
    .filter((path) => path.endsWith('.d.ts'))
    .map((path) => readFileSync(join(folder, 'dist', path), 'utf8'))
  const specifiers = declarations.flatMap((text) =>
    [...text.matchAll(/(?:\bfrom|\bimport|import\(|types=|declare module) ?['"]([^.'"][^'"]*)['"]/g)].map(
      (found) => found[1],
    ),
  )
  const mentioned = specifiers.map((specifier) => {
    if (specifier.startsWith('node:') || builtinModules.includes(specifier)) return '@types/node'
    const [library] = /^(@[^/]+\/)?[^/]+/.exec(specifier)
    const types = `@types/${library.replace('@', '').replace('/', '__')}`
    return existsSync(join(folder, 'node_modules', types)) ? types : library
  })
  return [...new Set(mentioned)].filter((library) => library !== name)
}

function faults(one) {
  const { folder, manifest, paths } = one
  const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {}, scripts = {} } = manifest
  const found = []
  const expect = (holds, fault) => holds || found.push(fault)
  const directory = folder.slice(root.length + 1)

  for (const file of ['LICENSE', 'README.md']) expect(paths.includes(file), `has no ${file}`)
  const strays = paths.filter((path) => /(^|\/)(src|test)\/|\.test\.|\.tsbuildinfo$|\.tgz$/.test(path))
  expect(strays.length === 0, `holds ${strays.join(', ')}`)
  // The sources lie in no package: a stack trace or a debugger has them from the map, or not at all.
  const empty = paths.filter(
    (path) => path.endsWith('.map') && readJson(join(folder, path)).sourcesContent?.every(Boolean) !== true,
  )
  expect(empty.length === 0, `has maps without their sources: ${empty.join(', ')}`)
  expect(manifest.license === 'MIT', 'has no licence')
  expect(
    manifest.repository?.url === repository.url && manifest.repository.directory === directory,
    `does not name its repository: ${repository.url}, directory ${directory}`,
  )
  expect(
    manifest.type === 'module' && manifest.engines?.node !== undefined,
    'does not say that it is ESM, for which Node',
  )
  expect(manifest.publishConfig?.access === 'public', 'is not public')
  const bins = Object.values(manifest.bin ?? {}).map((path) => `./${path}`)
  expect(
    manifest.sideEffects === false || (bins.length > 0 && String(manifest.sideEffects) === String(bins)),
    'has side effects besides those of its commands',
  )
  for (const script of installScripts) expect(scripts[script] === undefined, `runs a script on install: ${script}`)
  expect(!paths.includes('binding.gyp'), 'is built on install')

  for (const [library, range] of Object.entries({ ...dependencies, ...peerDependencies })) {
    expect(!/^(workspace|catalog|file|link):/.test(range), `cannot be installed: ${library} ${range}`)
    expect(!ours.has(library) || range === manifest.version, `goes with another version of ${library}: ${range}`)
  }
  for (const library of Object.keys(dependencies))
    expect(!frameworks.includes(library), `brings ${library}, which is the application's to choose: an optional peer`)
  for (const library of Object.keys(peerDependencies))
    expect(peerDependenciesMeta[library]?.optional === true, `asks everybody for ${library}: peers are optional`)
  for (const library of mentions(one))
    // Two copies of Node's types contradict each other, so there is the application's.
    expect(
      library in dependencies ||
        (library in peerDependencies && (library === '@types/node' || !library.startsWith('@types/'))),
      `speaks of ${library} in its declarations and does not depend on it`,
    )
  return found.map((fault) => `${one.name} ${fault}`)
}

export function checkManifests(tarballs) {
  const found = tarballs.flatMap(faults)
  if (found.length > 0) throw new Error(`Packed manifests:\n  ${found.join('\n  ')}`)
  console.log(
    'manifests: licence, repository, no side effects, no install scripts; declarations speak of what is there',
  )
}
