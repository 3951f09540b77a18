// What would be published: every package packed, and its tarball looked at by publint and are-the-types-wrong.
import { bin, run } from './run.mjs'
import { packages, root } from './workspace.mjs'

/** Packs every package into a folder: its tarball, the manifest inside, and the paths of its files. */
export async function pack(folder) {
  const pnpm = ['-y', 'pnpm@12', '-r', '--filter', './packages/*', 'pack', '--pack-destination', folder, '--json']
  const packed = JSON.parse(await run('npx', pnpm, root))
  return Promise.all(
    packages.map(async (one) => {
      const { filename: tarball, files } = packed.find(({ name }) => name === one.name)
      const manifest = JSON.parse(await run('tar', ['-xzOf', tarball, 'package/package.json'], folder))
      return { ...one, tarball, manifest, paths: files.map(({ path }) => path) }
    }),
  )
}

export async function lint(tarballs, folder) {
  for (const { name, tarball, files } of tarballs) {
    // Files to copy have no types.
    const excluded = files.length === 0 ? [] : ['--exclude-entrypoints', ...files.map((path) => path.slice(2))]
    await Promise.all([
      run(bin('publint'), ['run', tarball, '--strict'], folder),
      run(bin('attw'), [tarball, '--profile', 'esm-only', '--no-color', ...excluded], folder),
    ])
    console.log(`publint and attw: ${name}`)
  }
}
