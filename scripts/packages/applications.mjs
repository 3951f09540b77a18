// Applications of a stranger, outside the workspace, that install the tarballs: one with each package manager.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bin, run } from './run.mjs'
import { root } from './workspace.mjs'

const catalog = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
const versionOf = (name) => new RegExp(`^  '?${name}'?: (\\S+)$`, 'm').exec(catalog)?.[1] ?? 'latest'
const versionsOf = (names) => Object.fromEntries(names.map((name) => [name, versionOf(name)]))

// Our packages depend on each other by version, which no registry has yet: each manager is told to take the tarballs.
const managers = {
  npm: {
    manifest: (files) => ({ overrides: Object.fromEntries(Object.keys(files).map((name) => [name, `$${name}`])) }),
    install: (app) => run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], app),
  },
  pnpm: {
    // pnpm asks about the build script of msgpackr's optional accelerator, which it does not need.
    settings: (files) => ({
      'pnpm-workspace.yaml': JSON.stringify({ overrides: files, allowBuilds: { 'msgpackr-extract': false } }),
    }),
    install: (app) => run('npx', ['-y', 'pnpm@12', 'install', '--no-frozen-lockfile'], app),
  },
  yarn: {
    manifest: (files) => ({ resolutions: files }),
    settings: () => ({ '.yarnrc.yml': 'nodeLinker: node-modules\nenableTelemetry: false\n', 'yarn.lock': '' }),
    install: (app) => run(bin('yarn'), ['install', '--no-immutable'], app),
  },
}

/**
 * Installs the packages with one manager. With `peers`, everything that an entry may need; without, as most do: none of the optional
 * peers is there, and nothing may miss one.
 */
export async function makeApplication(manager, tarballs, folder, { peers = false } = {}) {
  const app = join(folder, manager)
  const { manifest = () => ({}), settings = () => ({}), install } = managers[manager]
  const files = Object.fromEntries(tarballs.map(({ name, tarball }) => [name, `file:${tarball}`]))
  const { '@holdfast/testing': testing, ...dependencies } = files
  const optional = tarballs
    .flatMap((one) => Object.keys(one.manifest.peerDependencies ?? {}))
    .filter((name) => name !== 'vitest' && name !== '@types/node')
  mkdirSync(app)
  const written = {
    'package.json': JSON.stringify({
      name: 'app',
      private: true,
      type: 'module',
      dependencies: { ...dependencies, ...(peers ? versionsOf(optional) : {}) },
      devDependencies: {
        '@holdfast/testing': testing,
        ...versionsOf(peers ? ['@types/node', 'vitest'] : ['@types/node']),
      },
      ...manifest(files),
    }),
    ...settings(files),
  }
  for (const [name, text] of Object.entries(written)) writeFileSync(join(app, name), text)
  await install(app)
  console.log(`${manager} installed the tarballs${peers ? ', and every optional peer' : ''}`)
  return app
}
